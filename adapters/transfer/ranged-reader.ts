import type { Dispatcher } from 'undici'
import { parsedInputUrl, urlWithoutQuery } from './check-input-url.ts'
import { unreadableSource } from './errors.ts'
import type { GuardedAgent, Lookup } from './guarded-agent.ts'
import { createGuardedAgent } from './guarded-agent.ts'
import { guardedGet, headerOf } from './guarded-get.ts'
import type { HostRules } from './host-rules.ts'
import { contentRangeFrom } from './open-output.ts'

/** What the first request fetches; also all there is of a host that gives no ranges. */
const HEAD_BYTES = 1024 * 1024
const TIMEOUT_MS = 20_000

/** A remote file read in pieces. */
export interface RangedReader {
  /** Null where the host does not say. */
  sizeBytes: number | null
  contentType: string | null
  /** How many bytes from the beginning can be read: all of them, or only the head where no ranges are given. */
  readableBytes: number
  /** The bytes from `start` on; fewer than asked for at the end of what is readable. */
  read(start: number, endExclusive: number): Promise<Uint8Array>
  close(): Promise<void>
}

export interface RangedReaderOptions {
  signal?: AbortSignal
  /** How long each request may take, its answer included. */
  timeoutMs?: number
  lookup?: Lookup
}

/** Opens a source URL for probing. Unreachable or refused is `InvalidInput`, naming the URL without its query. */
export async function openRangedUrl(
  url: string,
  rules: HostRules,
  { signal, timeoutMs = TIMEOUT_MS, lookup }: RangedReaderOptions = {},
): Promise<RangedReader> {
  const target = parsedInputUrl(url, rules)
  const agent = createGuardedAgent(rules, { stallTimeoutMs: timeoutMs, ...(lookup && { lookup }) })
  const fetchRange = (start: number, endExclusive: number): Promise<Piece> =>
    fetchPiece(target, agent, rules, start, endExclusive, [
      AbortSignal.timeout(timeoutMs),
      ...(signal ? [signal] : []),
    ]).catch((error: unknown) => {
      throw signal?.aborted ? signal.reason : unreadableSource(urlWithoutQuery(target), error)
    })
  try {
    const head = await fetchRange(0, HEAD_BYTES)
    const readableBytes = head.isRange && head.totalBytes !== null ? head.totalBytes : head.bytes.byteLength
    return {
      sizeBytes: head.totalBytes,
      contentType: head.contentType,
      readableBytes,
      async read(start, endExclusive) {
        const end = Math.min(endExclusive, readableBytes)
        if (end <= head.bytes.byteLength) return head.bytes.subarray(start, end)
        return (await fetchRange(start, end)).bytes
      },
      close: () => agent.destroy(),
    }
  } catch (error) {
    await agent.destroy()
    throw error
  }
}

interface Piece {
  bytes: Uint8Array
  isRange: boolean
  totalBytes: number | null
  contentType: string | null
}

async function fetchPiece(
  url: URL,
  agent: GuardedAgent,
  rules: HostRules,
  start: number,
  endExclusive: number,
  signals: AbortSignal[],
): Promise<Piece> {
  const signal = AbortSignal.any(signals)
  const headers = { range: `bytes=${start}-${endExclusive - 1}` }
  const response = await guardedGet(url, agent, rules, { headers, signal })
  const range =
    response.statusCode === 206 ? contentRangeFrom(headerOf(response, 'content-range')) : undefined
  if (response.statusCode === 206 ? range?.start !== start : response.statusCode !== 200 || start > 0) {
    await response.body.dump()
    // An empty file has no first byte to give.
    if (response.statusCode === 416 && start === 0)
      return { bytes: new Uint8Array(), isRange: true, totalBytes: 0, contentType: null }
    throw new Error(`the host answered ${response.statusCode}`)
  }
  const length = headerOf(response, 'content-length')
  return {
    bytes: await readAtMost(response.body, endExclusive - start),
    isRange: range !== undefined,
    totalBytes: range ? range.totalBytes : length === undefined ? null : Number(length),
    contentType: headerOf(response, 'content-type') ?? null,
  }
}

async function readAtMost(body: Dispatcher.ResponseData['body'], bytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk)
    size += chunk.byteLength
    if (size >= bytes) break
  }
  return Buffer.concat(chunks).subarray(0, bytes)
}
