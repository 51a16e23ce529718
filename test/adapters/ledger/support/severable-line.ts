import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import { onTestFinished } from 'vitest'

/** A line to a database that can be cut under a running statement. */
export async function severableLine(
  databaseUrl: string,
): Promise<{ url: string; cut(): void; takeDown(): Promise<void>; putUp(): Promise<void> }> {
  const target = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    }
    near.pipe(far).pipe(near)
  })
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  await listen(0)
  const url = new URL(databaseUrl)
  url.port = String((server.address() as AddressInfo).port)
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  const takeDown = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    cut()
    await closed
  }
  onTestFinished(takeDown)
  return { url: url.href, cut, takeDown, putUp: () => listen(Number(url.port)) }
}
