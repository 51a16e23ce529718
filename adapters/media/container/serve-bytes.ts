import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ByteSource } from './byte-source.ts'

/** What one response brings at most: a reader that wants more asks again. */
const PIECE_BYTES = 1024 * 1024

/**
 * Serves a file that lies elsewhere to a program of this machine, which reads only files and URLs: on loopback, under
 * a name that nobody can guess, by ranges. `failure` is what a read of the source failed with.
 */
export async function serveBytes(
  source: ByteSource,
): Promise<AsyncDisposable & { url: string; failure(): Error | undefined }> {
  const path = `/${randomUUID()}`
  let failure: Error | undefined
  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => {
      failure ??= error instanceof Error ? error : new Error(String(error))
      response.destroy()
    })
  })
  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const sizeBytes = source.sizeBytes ?? 0
    if (request.url !== path) return void response.writeHead(404).end()
    const [, from = '0', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? []
    const end = Math.min(sizeBytes, to === '' ? sizeBytes : Number(to) + 1)
    let position = Number(from)
    if (position >= end)
      return void response.writeHead(416, { 'content-range': `bytes */${sizeBytes}` }).end()
    response.writeHead(206, {
      'accept-ranges': 'bytes',
      'content-length': end - position,
      'content-range': `bytes ${position}-${end - 1}/${sizeBytes}`,
    })
    while (position < end && !response.destroyed) {
      const piece = await source.read(position, Math.min(end, position + PIECE_BYTES))
      if (piece.byteLength === 0) return void response.destroy()
      position += piece.byteLength
      if (!response.write(piece)) await Promise.race([once(response, 'drain'), once(response, 'close')])
    }
    response.end()
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}${path}`,
    failure: () => failure,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
