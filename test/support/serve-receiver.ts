import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { serveHttp } from './serve-http.ts'

/** One call that a receiver heard, its body as it came. */
export interface ReceivedCall {
  headers: IncomingHttpHeaders
  body: Buffer
}

/** A receiver of webhooks that hears each call whole and then answers as it is told, 204 unless given. */
export async function serveReceiver(
  answer: (response: ServerResponse, calls: number) => void = (response) =>
    void response.writeHead(204).end(),
): Promise<{ url: string; calls: ReceivedCall[] }> {
  const calls: ReceivedCall[] = []
  const { url } = await serveHttp((request, response) => {
    void buffer(request).then((body) => {
      calls.push({ headers: request.headers, body })
      answer(response, calls.length)
    })
  })
  return { url: `${url}/hook`, calls }
}
