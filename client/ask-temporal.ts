import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import { failureFromTemporal, isTemporalAway } from './errors.ts'

/** Longer than any answer of a healthy server takes, shorter than people wait for an error. */
const ANSWER_WITHIN_MS = 10_000

/** Bounds of one question. */
interface QuestionBounds {
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

const PAUSE_MS = 1_000

/**
 * Repeats a question that only reads until Temporal answers it, for `patienceMs` after the first miss; then its
 * `PlatformUnavailable` passes.
 */
export async function outlastOutage<Result>(
  question: () => Promise<Result>,
  patienceMs: number,
  signal: AbortSignal | undefined,
): Promise<Result> {
  let missedAtMs: number | undefined
  for (;;) {
    try {
      return await question()
    } catch (error) {
      missedAtMs ??= Date.now()
      if (!isTemporalAway(error) || Date.now() - missedAtMs + PAUSE_MS > patienceMs) throw error
      await sleep(PAUSE_MS, undefined, signal && { signal }).catch(() => signal?.throwIfAborted())
    }
  }
}
