import { setTimeout as sleep } from 'node:timers/promises'
import { isTemporalAway } from './failure-from-temporal.ts'

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
