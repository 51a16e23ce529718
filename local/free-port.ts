import { createServer } from 'node:net'

/** A port of 127.0.0.1 that nobody listens on: the wished one where it is free. */
export async function freePort(wished = 0): Promise<number> {
  return (await listenOnce(wished)) ?? (await listenOnce(0)) ?? 0
}

function listenOnce(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(null))
    server.listen({ port, host: '127.0.0.1' }, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? null) : null))
    })
  })
}
