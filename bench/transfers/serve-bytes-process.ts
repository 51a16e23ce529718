import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// Takes any upload and throws it away, gives one file at /output; prints its port. Ends with its parent's kill.
const [path = ''] = process.argv.slice(2)
const { size } = await stat(path)
const server = createServer((request, response) => {
  if (request.method === 'GET' && request.url === '/output') {
    response.writeHead(200, { 'content-length': size, 'content-type': 'video/webm', etag: '"bench"' })
    createReadStream(path, { highWaterMark: 1_048_576 }).pipe(response)
    return
  }
  request.resume()
  request.once('end', () => {
    const answer = { success: true, video_url: 'http://127.0.0.1/stored.mp4', status: 'ok' }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
})
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
