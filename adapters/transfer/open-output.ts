import type { Dispatcher } from 'undici'
import type { RemovalFailure } from '../../domain/removal-failure.ts'
import { codingsFrom, decodedBody } from './content-coding.ts'
import { failureFromResponse } from './errors.ts'
import type { GuardedAgent } from './guarded-agent.ts'
import { guardedGet, headerOf } from './guarded-get.ts'
import type { HostRules } from './host-rules.ts'
import type { PartialFile } from './partial-file.ts'

/** An output about to be read: its body begins at byte `startBytes` of `totalBytes` (null: not announced). */
export interface OpenOutput {
  body: AsyncIterable<Uint8Array>
  startBytes: number
  totalBytes: number | null
  etag: string | null
  contentType: string | null
}

interface Connection {
  agent: GuardedAgent
  rules: HostRules
  signal?: AbortSignal
}

/** Asks for the rest of a started download, or for the whole where there is none or the host gives no rest. */
export async function openOutput(
  url: URL,
  partial: PartialFile | undefined,
  connection: Connection,
): Promise<OpenOutput> {
  if (partial === undefined) return await openWhole(url, connection)
  const response = await get(url, connection, {
    range: `bytes=${partial.sizeBytes}-`,
    ...(partial.etag !== null && { 'if-range': partial.etag }),
  })
  if (response.statusCode === 200) return wholeFrom(response)
  const rest = contentRangeFrom(headerOf(response, 'content-range'))
  const isPlain = codingsFrom(headerOf(response, 'content-encoding')).length === 0
  if (
    response.statusCode === 206 &&
    isPlain &&
    rest !== undefined &&
    continues(partial, rest, strongEtag(response))
  ) {
    return { ...wholeFrom(response), startBytes: partial.sizeBytes, totalBytes: rest.totalBytes }
  }
  await response.body.dump()
  // 416 and a part of something else say that the file has changed: from the beginning, in this same attempt.
  if (response.statusCode === 206 || response.statusCode === 416) return await openWhole(url, connection)
  throw failureOf(url, response)
}

async function openWhole(url: URL, connection: Connection): Promise<OpenOutput> {
  const response = await get(url, connection, {})
  if (response.statusCode === 200) return wholeFrom(response)
  await response.body.dump()
  throw failureOf(url, response)
}

function get(url: URL, { agent, rules, signal }: Connection, headers: Record<string, string>) {
  return guardedGet(url, agent, rules, { headers, ...(signal && { signal }) })
}

function continues(
  partial: PartialFile,
  rest: { start: number | null; totalBytes: number | null },
  etag: string | null,
): boolean {
  if (rest.start !== partial.sizeBytes) return false
  if (partial.totalBytes !== null && rest.totalBytes !== partial.totalBytes) return false
  return partial.etag === null || etag === null || etag === partial.etag
}

function wholeFrom(response: Dispatcher.ResponseData): OpenOutput {
  const contentType = headerOf(response, 'content-type') ?? null
  const codings = codingsFrom(headerOf(response, 'content-encoding'))
  if (codings.length > 0) {
    // Its length, ranges and ETag are those of the coded bytes: such a download cannot be continued.
    const body = decodedBody(response.body, codings)
    return { body, startBytes: 0, totalBytes: null, etag: null, contentType }
  }
  const length = headerOf(response, 'content-length')
  return {
    body: response.body,
    startBytes: 0,
    totalBytes: length === undefined ? null : Number(length),
    etag: strongEtag(response),
    contentType,
  }
}

/** Weak ETags promise no equality of bytes, so `If-Range` may not carry them. Source: RFC 9110 §13.1.5. */
function strongEtag(response: Dispatcher.ResponseData): string | null {
  const etag = headerOf(response, 'etag')
  return etag === undefined || etag.startsWith('W/') ? null : etag
}

function failureOf(url: URL, response: Dispatcher.ResponseData): RemovalFailure {
  return failureFromResponse(url.host, response.statusCode, headerOf(response, 'retry-after'))
}

/** What a 206 or 416 says it is a part of. `start` is null for 416, `totalBytes` null where it is not known. */
interface ContentRange {
  start: number | null
  totalBytes: number | null
}

/** Parses `bytes 0-9/100`, the same with an unknown total, and the form of a 416; undefined for anything else. Source: RFC 9110 §14.4. */
export function contentRangeFrom(header: string | undefined): ContentRange | undefined {
  const match = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(header?.trim() ?? '')
  if (!match) return undefined
  const [, start, total] = match
  return {
    start: start === undefined ? null : Number(start),
    totalBytes: total === undefined || total === '*' ? null : Number(total),
  }
}
