import { basename } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { probeInput } from '../../adapters/media/input/probe-input.ts'
import type { Storage } from '../../adapters/storage/storage.ts'
import { checkInputUrl, urlWithoutQuery } from '../../adapters/transfer/check-input-url.ts'
import { createInputHostRules } from '../../adapters/transfer/host-rules.ts'
import { openRangedUrl } from '../../adapters/transfer/ranged-reader.ts'
import type { Prices } from '../../domain/pricing.ts'
import { DOCUMENTED_PRICES } from '../../domain/pricing.ts'
import type { Proxies } from '../../domain/proxies.ts'
import type { Quote } from '../../domain/quote.ts'
import { quoteFor } from '../../domain/quote.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { RemovalRequestInput } from '../../domain/removal-request.schema.ts'
import { openVideoFile } from '../start/open-video-file.ts'

/** What a quote may be asked for: a length alone, or an input as a removal takes it. */
export type QuoteSource =
  | {
      /** A length, where there is no video yet. */
      durationSeconds: number
    }
  | RemovalRequestInput['source']

/** How to ask for a quote. */
export interface QuoteOptions {
  /** The project whose budget is shown; `default` unless given. */
  project?: string
  /** Ends the looking. */
  signal?: AbortSignal
}

/** The prices of all models for one video, and what the project may still spend: null where it has no limit, or nobody knows. */
export interface QuoteWithBudget extends Quote {
  /** Credits that the project may still spend; null where it has no budget, or nobody knows. */
  budgetLeft: number | null
}

/** What a quote is made from: no Temporal and no worker. */
export interface QuoteSurroundings {
  storage: Storage
  vendorBaseUrl: string
  privateHosts: readonly string[]
  proxies: Proxies
  /** The documented prices unless given. */
  prices?: () => Promise<Prices>
  records?: { budgetLeft?(project: string): Promise<number | null> }
}

/** How long a host of a source URL may take to answer with a few ranges of it. */
const PROBE_TIMEOUT_MS = 20_000
/** Longer than any video that the vendor takes; a longer one is a slip of the caller. */
const LONGEST_SECONDS = 86_400

/**
 * What a video would cost and take, for every model. Nothing is stored or bought, and no more of a video is read than
 * its length needs. Fails as `InvalidInput` for what no model takes, as `InvalidRequest` for a length that is none.
 */
export async function quoteRemoval(
  around: QuoteSurroundings,
  source: QuoteSource,
  { project = 'default', signal }: QuoteOptions = {},
): Promise<QuoteWithBudget> {
  const [durationSeconds, budgetLeft, prices] = await Promise.all([
    durationOf(around, source, signal),
    around.records?.budgetLeft?.(project) ?? null,
    around.prices?.() ?? DOCUMENTED_PRICES,
  ])
  return { ...quoteFor(durationSeconds, prices), budgetLeft }
}

async function durationOf(
  around: QuoteSurroundings,
  source: QuoteSource,
  signal: AbortSignal | undefined,
): Promise<number | null> {
  if (typeof source === 'string')
    return /^https?:\/\//i.test(source)
      ? durationBehind(around, source, signal)
      : durationOfFile(source, signal)
  if ('durationSeconds' in source) return checkedLength(source.durationSeconds)
  if ('url' in source) return durationBehind(around, source.url, signal)
  return durationOfStored(around, source.stored, signal)
}

function checkedLength(seconds: number): number {
  if (Number.isFinite(seconds) && seconds > 0 && seconds <= LONGEST_SECONDS) return seconds
  throw new RemovalFailure(
    'InvalidRequest',
    `durationSeconds: expected seconds above 0 and up to ${LONGEST_SECONDS}`,
  )
}

async function durationOfFile(path: string, signal: AbortSignal | undefined): Promise<number | null> {
  const file = await openVideoFile(path)
  await file.close()
  return (await probeInput({ path }, basename(path), optional(signal))).durationSeconds
}

async function durationOfStored(
  { storage }: QuoteSurroundings,
  key: string,
  signal: AbortSignal | undefined,
): Promise<number | null> {
  const path = storage.localPath(key)
  const found = await storage.stat(key, optional(signal))
  if (found === undefined) throw new RemovalFailure('InvalidInput', `nothing is stored under ${key}`)
  const read = async (start: number, endExclusive: number): Promise<Uint8Array> =>
    buffer(await storage.read(key, { start, endExclusive, ...optional(signal) }))
  const bytes = path === undefined ? { reader: { sizeBytes: found.sizeBytes, read } } : { path }
  return (await probeInput(bytes, basename(key), optional(signal))).durationSeconds
}

async function durationBehind(
  { vendorBaseUrl, privateHosts, proxies }: QuoteSurroundings,
  url: string,
  signal: AbortSignal | undefined,
): Promise<number | null> {
  const rules = createInputHostRules(vendorBaseUrl, { privateHosts, proxies })
  await checkInputUrl(url, rules)
  const reader = await openRangedUrl(url, rules, { timeoutMs: PROBE_TIMEOUT_MS, ...optional(signal) })
  try {
    return (await probeInput({ reader }, urlWithoutQuery(new URL(url)), optional(signal))).durationSeconds
  } finally {
    await reader.close()
  }
}

function optional(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal }
}
