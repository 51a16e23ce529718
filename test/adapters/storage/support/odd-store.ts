import type { IncomingMessage, ServerResponse } from 'node:http'
import { request as forward } from 'node:http'
import { startFauxqs } from 'fauxqs'
import { onTestFinished } from 'vitest'
import type { TestServer } from '../../../support/serve-http.ts'
import { serveHttp } from '../../../support/serve-http.ts'
import { pointAwsAt } from './use-storages.ts'

/** What is odd about a store: true where the request was answered (or left without an answer) here. */
export type Oddity = (request: IncomingMessage, response: ServerResponse) => boolean

/** An S3 emulator behind a server that answers some requests its own way. Clients made after this talk to it. */
export async function oddStore(oddity: Oddity): Promise<TestServer> {
  const store = await startFauxqs({ port: 0, logger: false, host: '127.0.0.1' })
  onTestFinished(() => store.stop())
  store.createBucket('mattes')
  const front = await serveHttp((request, response) => {
    if (oddity(request, response)) return
    const { method, url: path, headers } = request
    const upstream = forward({ host: '127.0.0.1', port: store.port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    upstream.on('error', () => response.destroy())
    request.pipe(upstream)
  })
  pointAwsAt(front.url)
  return front
}

/** An error as S3 writes it; the answer to a HEAD has no body. */
export function s3Error(
  response: ServerResponse,
  status: number,
  code: string,
  headers: Record<string, string> = {},
): true {
  response.writeHead(status, { 'content-type': 'application/xml', ...headers })
  const xml = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>not-to-be-shown</Message></Error>`
  response.end(response.req.method === 'HEAD' ? undefined : xml)
  return true
}

/** The object that a request is about; null for the bucket itself. */
export function objectIn(request: IncomingMessage): string | null {
  const { pathname } = new URL(request.url ?? '', 'http://store')
  const key = decodeURIComponent(pathname.split('/').slice(2).join('/'))
  return key === '' ? null : key
}

export function isList(request: IncomingMessage): boolean {
  return request.method === 'GET' && objectIn(request) === null
}

export function isBatchOfRemovals(request: IncomingMessage): boolean {
  return request.method === 'POST' && new URL(request.url ?? '', 'http://store').searchParams.has('delete')
}
