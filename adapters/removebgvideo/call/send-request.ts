import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { Connection } from '../connection.ts'
import { failureFromNetworkError, failureFromTimeout, isOurBug } from '../errors.ts'
import type { CallOptions, VendorCall, VendorResponse } from './vendor-call.ts'
import { jsonFrom } from './vendor-call.ts'

/** The slowest line an upload is sized for, as in the policies: 500 MB in 67 minutes. */
const SLOWEST_BYTES_PER_MS = 125

/** Sends one request, once, and gives whatever response came. Redirects are responses like any other. */
export async function sendRequest(
  connection: Connection,
  call: VendorCall<unknown>,
  { signal, ...options }: CallOptions,
): Promise<VendorResponse> {
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs(connection, call)
  const timeout = AbortSignal.timeout(timeoutMs)
  const multipart = call.body !== null && 'multipart' in call.body ? call.body.multipart : null
  try {
    const response = await connection.dispatcher.request({
      origin: connection.origin,
      path: `${connection.pathPrefix}${call.path}`,
      method: call.method,
      headers: headersOf(connection, call),
      body: bodyOf(call),
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      // The whole call is bounded by the signal; these two would only name the same end differently.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    return await readResponse(response)
  } catch (error) {
    signal?.throwIfAborted()
    const sourceFailure = multipart?.sourceFailure() ?? null
    if (sourceFailure !== null) throw sourceFailure
    if (timeout.aborted) throw failureFromTimeout(call, timeoutMs)
    if (isOurBug(error)) throw error
    throw failureFromNetworkError(call, error, connection)
  }
}

/** The headers as sent, the key included. */
export function headersOf({ options }: Connection, call: VendorCall<unknown>): Record<string, string> {
  const headers: Record<string, string> = { accept: 'application/json', 'user-agent': 'matteflow' }
  if (call.sendsKey) headers['x-api-key'] = options.apiKey
  if (call.body === null) return headers
  if ('json' in call.body) return { ...headers, 'content-type': 'application/json' }
  const { contentType, contentLength } = call.body.multipart
  return { ...headers, 'content-type': contentType, 'content-length': String(contentLength) }
}

function bodyOf({ body }: VendorCall<unknown>): string | Readable | null {
  if (body === null) return null
  if ('json' in body) return JSON.stringify(body.json)
  // undici sends any async iterable; a Readable around it would only cost time.
  return body.multipart.bytes() as unknown as Readable
}

function defaultTimeoutMs({ options }: Connection, { body }: VendorCall<unknown>): number {
  const sizeBytes = body !== null && 'multipart' in body ? body.multipart.sizeBytes : 0
  return options.callTimeoutMs + Math.ceil(sizeBytes / SLOWEST_BYTES_PER_MS)
}

const MAX_BODY_BYTES = 1_048_576

/** Reads a response to its end or to 1 MiB. A body that breaks off is an error only where its content matters. */
async function readResponse(response: Dispatcher.ResponseData): Promise<VendorResponse> {
  const chunks: Buffer[] = []
  let size = 0
  let complete = true
  try {
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      size += chunk.byteLength
      if (size <= MAX_BODY_BYTES) continue
      complete = false
      break
    }
  } catch (error) {
    // An error's status says enough, and it was heard.
    if (response.statusCode < 400) throw error
    complete = false
  }
  // Takes a byte order mark away, which JSON.parse would refuse.
  const text = new TextDecoder().decode(Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES))
  return {
    status: response.statusCode,
    headers: plainHeaders(response.headers),
    text,
    complete,
    json: complete ? jsonFrom(text) : undefined,
  }
}

function plainHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const plain: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
  }
  return plain
}
