import type { RequestListener } from 'node:http'

/** How a file is served. Every field bends one rule of a well-behaved host. */
export interface ServedFile {
  etag?: string | null
  ranges?: boolean
  /** The connection is cut after so many bytes of the body. */
  cutAfter?: number
  /** What `Content-Length` claims. */
  claims?: number
  /** Sends no `Content-Length`. */
  chunked?: boolean
}

/** Serves bytes as object stores do: `Range`, `If-Range`, `ETag`. `behaviour` is asked for each request. */
export function serveBytes(bytes: Buffer, behaviour: ServedFile | (() => ServedFile) = {}): RequestListener {
  return (request, response) => {
    const {
      etag = '"v1"',
      ranges = true,
      cutAfter,
      claims,
      chunked = false,
    } = typeof behaviour === 'function' ? behaviour() : behaviour
    const ifRange = request.headers['if-range']
    const match =
      ranges && (ifRange === undefined || ifRange === etag)
        ? /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '')
        : null
    const start = match ? Number(match[1]) : 0
    if (match && start >= bytes.byteLength) {
      response.writeHead(416, { 'content-range': `bytes */${bytes.byteLength}` }).end()
      return
    }
    const end = match?.[2] ? Math.min(Number(match[2]) + 1, bytes.byteLength) : bytes.byteLength
    const body = bytes.subarray(start, end)
    response.writeHead(match ? 206 : 200, {
      'content-type': 'video/webm',
      ...(etag !== null && { etag }),
      ...(match && { 'content-range': `bytes ${start}-${end - 1}/${bytes.byteLength}` }),
      ...(!chunked && { 'content-length': claims ?? body.byteLength }),
    })
    if (cutAfter === undefined) response.end(body)
    else response.write(body.subarray(0, cutAfter), () => setImmediate(() => response.destroy()))
  }
}
