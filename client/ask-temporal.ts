import type { Client } from '@temporalio/client'
import { failureFromTemporal } from './failure-from-temporal.ts'

/** Longer than any answer of a healthy server takes, shorter than people wait for an error. */
const ANSWER_WITHIN_MS = 10_000

/** Bounds of one question. */
export interface QuestionBounds {
  withinMs?: number
  signal?: AbortSignal | undefined
}

/**
 * Asks Temporal one thing, in bounded time. What its absence or refusal throws becomes `PlatformUnavailable`;
 * what Temporal has to say about the workflow itself passes.
 */
export async function askTemporal<Result>(
  client: Client,
  question: () => Promise<Result>,
  { withinMs = ANSWER_WITHIN_MS, signal }: QuestionBounds = {},
): Promise<Result> {
  signal?.throwIfAborted()
  const { connection } = client
  const bounded = (): Promise<Result> => connection.withDeadline(Date.now() + withinMs, question)
  try {
    if (signal === undefined) return await bounded()
    return await withOwnSignal(signal, (own) => connection.withAbortSignal(own, bounded))
  } catch (error) {
    signal?.throwIfAborted()
    throw failureFromTemporal(error, client)
  }
}

/**
 * Lends a signal of its own to one use, which aborts with the given one. Temporal's client leaves a listener behind
 * for each call, and a caller's signal may live for hours.
 */
async function withOwnSignal<Result>(
  signal: AbortSignal,
  use: (own: AbortSignal) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted()
  const own = new AbortController()
  const abort = (): void => own.abort(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await use(own.signal)
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
