import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// Vendor, output host and S3 in one: takes any upload and throws it away, gives one file at /output and under every key
// of the bucket; prints its port. Ends with its parent's kill.
const [path = ''] = process.argv.slice(2)
const { size } = await stat(path)

function give(response: ServerResponse, withBody: boolean): void {
  response.writeHead(200, { 'content-length': size, 'content-type': 'video/webm', etag: '"bench"' })
  if (withBody) createReadStream(path, { highWaterMark: 1_048_576 }).pipe(response)
  else response.end()
}

/** What is answered to a request whose body was taken. */
function answerTo({ method, url = '' }: IncomingMessage): string {
  if (!url.startsWith('/mattes'))
    return JSON.stringify({ success: true, video_url: 'http://127.0.0.1/stored.mp4', status: 'ok' })
  if (method !== 'POST') return ''
  return url.includes('uploads')
    ? '<InitiateMultipartUploadResult><UploadId>bench</UploadId></InitiateMultipartUploadResult>'
    : '<CompleteMultipartUploadResult><ETag>"bench"</ETag></CompleteMultipartUploadResult>'
}

const server = createServer((request, response) => {
  const isFile = request.url === '/output' || request.url?.startsWith('/mattes') === true
  if (isFile && (request.method === 'GET' || request.method === 'HEAD'))
    return give(response, request.method === 'GET')
  request.resume()
  request.once('end', () => response.writeHead(200, { etag: '"bench"' }).end(answerTo(request)))
})
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
