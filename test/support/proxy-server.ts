import type { IncomingMessage } from 'node:http'
import { createServer, request as forward } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { connect } from 'node:net'
import { onTestFinished } from 'vitest'

/** A real HTTP proxy on a free loopback port that goes with the test: it forwards plain HTTP and tunnels the rest. */
export interface ProxyServer {
  /** With its credentials, where it wants some. */
  url: string
  port: number
  /** What went through it: `GET http://vendor.test/health`, `CONNECT vendor.test:443`. */
  passed: string[]
}

interface ProxyBehaviour {
  /** Where the proxy finds a `host:port`, as a name server of its own would say; every other name it does not know. */
  knows?: Record<string, number>
  credentials?: string
  /** The status of every answer to CONNECT. */
  refuses?: number
}

/** Starts a proxy whose names lead to ports of this machine. */
export async function startProxy({
  knows = {},
  credentials,
  refuses,
}: ProxyBehaviour = {}): Promise<ProxyServer> {
  const passed: string[] = []
  const sockets = new Set<Socket>()
  const isLetIn = ({ headers }: IncomingMessage): boolean =>
    credentials === undefined ||
    headers['proxy-authorization'] === `Basic ${Buffer.from(credentials).toString('base64')}`
  const server = createServer((request, response) => {
    if (!isLetIn(request)) return void response.writeHead(407).end()
    passed.push(`${request.method} ${request.url}`)
    const url = new URL(request.url ?? '')
    const port = knows[`${url.hostname}:${url.port || 80}`]
    if (port === undefined) return void response.writeHead(502).end()
    const { method, headers } = request
    const options = { host: '127.0.0.1', port, method, path: url.pathname + url.search, headers }
    const upstream = forward(options, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    upstream.on('error', () => response.destroy())
    request.pipe(upstream)
  })
  server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    sockets.add(socket)
    const answer = (status: number): void => void socket.end(`HTTP/1.1 ${status} No\r\n\r\n`)
    if (!isLetIn(request)) return answer(407)
    passed.push(`CONNECT ${request.url}`)
    const port = knows[request.url ?? '']
    if (refuses !== undefined || port === undefined) return answer(refuses ?? 502)
    const upstream = connect({ host: '127.0.0.1', port }, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.write(head)
      socket.pipe(upstream).pipe(socket)
    })
    upstream.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${credentials === undefined ? '' : `${credentials}@`}127.0.0.1:${port}`,
    port,
    passed,
  }
}
