import type { IncomingHttpHeaders, RequestListener, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo, Socket, Server as SocketServer } from 'node:net'
import { createServer as createSocketServer } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

/** One request as the server got it. */
export interface SeenRequest {
  method: string
  url: string
  headers: IncomingHttpHeaders
  body: Buffer
}

/** A server on a free port that lives as long as the test. */
export async function startVendorServer(
  reply: (request: SeenRequest, response: ServerResponse) => void,
): Promise<{ url: string; requests: SeenRequest[] }> {
  const requests: SeenRequest[] = []
  const listener: RequestListener = (message, response) => {
    void buffer(message).then(
      (body) => {
        const seen = { method: message.method ?? '', url: message.url ?? '', headers: message.headers, body }
        requests.push(seen)
        reply(seen, response)
      },
      () => response.destroy(),
    )
  }
  const server = createServer(listener)
  const url = await listen(server)
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url, requests }
}

/** A server that answers every request alike. */
export async function startAnswering(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ url: string; requests: SeenRequest[] }> {
  return startVendorServer((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body))
  })
}

/** A raw socket server, for what HTTP servers never do. */
export async function startSocketServer(onData: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createSocketServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('data', () => onData(socket))
  })
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return listen(server)
}

async function listen(server: SocketServer): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
