import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, request as forward } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startFauxqs } from 'fauxqs'
import { vi } from 'vitest'

interface Part {
  number: number
  sizeBytes: number
  etag: string
}

/**
 * A bucket on an S3 emulator in this process, to which all clients of it are pointed until it is closed. The emulator
 * knows no list of the parts of an upload, which is what uploads are resumed by: the server in front of it keeps one.
 */
export async function startS3(): Promise<{ storageUrl: string; close(): Promise<void> }> {
  const store = await startFauxqs({ port: 0, logger: false, host: '127.0.0.1' })
  store.createBucket('mattes')
  const uploads = new Map<string, Part[]>()
  const front = createServer((request, response) => answer(request, response, { port: store.port, uploads }))
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(front.address() as AddressInfo).port}`)
  vi.stubEnv('AWS_REGION', 'us-east-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'not-to-be-shown')
  return {
    storageUrl: 's3://mattes/kept/here',
    async close() {
      vi.unstubAllEnvs()
      front.closeAllConnections()
      front.close()
      await store.stop()
    },
  }
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { port, uploads }: { port: number; uploads: Map<string, Part[]> },
): void {
  const { method = 'GET', url: path = '/', headers } = request
  const { searchParams } = new URL(path, 'http://store')
  const uploadId = searchParams.get('uploadId')
  if (method === 'GET' && uploadId !== null) {
    request.resume()
    listParts(response, uploads.get(uploadId))
    return
  }
  const upstream = forward({ host: '127.0.0.1', port, method, path, headers }, (answered) => {
    const isDone = (answered.statusCode ?? 500) < 300
    if (isDone && uploadId !== null && method !== 'PUT') uploads.delete(uploadId)
    if (isDone && uploadId !== null && method === 'PUT') {
      const number = Number(searchParams.get('partNumber'))
      const sizeBytes = Number(headers['x-amz-decoded-content-length'] ?? headers['content-length'])
      const others = (uploads.get(uploadId) ?? []).filter((part) => part.number !== number)
      uploads.set(uploadId, [...others, { number, sizeBytes, etag: String(answered.headers.etag) }])
    }
    response.writeHead(answered.statusCode ?? 500, answered.headers)
    if (isDone && searchParams.has('uploads')) {
      answered.on('data', (chunk: Buffer) => {
        const [, id] = /<UploadId>(.*?)<\/UploadId>/.exec(chunk.toString()) ?? []
        if (id !== undefined && method === 'POST') uploads.set(id, [])
      })
    }
    answered.pipe(response)
  })
  upstream.on('error', () => response.destroy())
  request.on('close', () => {
    if (!request.complete) upstream.destroy()
  })
  request.pipe(upstream)
}

function listParts(response: ServerResponse, parts: Part[] | undefined): void {
  const isKnown = parts !== undefined
  response.writeHead(isKnown ? 200 : 404, { 'content-type': 'application/xml' })
  const listed = (parts ?? [])
    .toSorted((left, right) => left.number - right.number)
    .map(
      ({ number, sizeBytes, etag }) =>
        `<Part><PartNumber>${number}</PartNumber><ETag>${etag.replaceAll('"', '&quot;')}</ETag><Size>${sizeBytes}</Size></Part>`,
    )
  response.end(
    isKnown
      ? `<?xml version="1.0"?><ListPartsResult><IsTruncated>false</IsTruncated>${listed.join('')}</ListPartsResult>`
      : '<?xml version="1.0"?><Error><Code>NoSuchUpload</Code><Message>none</Message></Error>',
  )
}
