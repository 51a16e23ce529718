import { setTimeout as sleep } from 'node:timers/promises'

/** Resolves so many times a second, however many wait for it. */
export function paceOf(ratePerSecond: number, signal: AbortSignal | undefined): () => Promise<void> {
  let nextAtMs = Date.now()
  return async () => {
    const waitMs = nextAtMs - Date.now()
    nextAtMs = Math.max(nextAtMs, Date.now()) + 1_000 / ratePerSecond
    if (waitMs > 0) await sleep(waitMs, undefined, signal && { signal }).catch(() => signal?.throwIfAborted())
  }
}
