import { setTimeout as sleep } from 'node:timers/promises'

/** How fast a list is gone over, and by how many at a time. */
interface GoingOver {
  /** Null where nothing is asked of anybody, and so nothing is paced. */
  ratePerSecond: number | null
  /** How many may be under way at the same time. */
  width: number
  signal: AbortSignal | undefined
}

/** Does something to each of a list at a pace. Where one fails, no other is begun and the failure is thrown. */
export async function goOver<Item>(
  items: readonly Item[],
  { ratePerSecond, width, signal }: GoingOver,
  act: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = items.values()
  const pace = ratePerSecond === null ? async () => {} : paceOf(ratePerSecond, signal)
  const stopped = new AbortController()
  const goOn = async (): Promise<void> => {
    for (const item of waiting) {
      await pace()
      signal?.throwIfAborted()
      if (stopped.signal.aborted) return
      await act(item)
    }
  }
  const inFlight = Array.from({ length: width }, () =>
    goOn().catch((error: unknown) => {
      stopped.abort()
      throw error
    }),
  )
  const failed = (await Promise.allSettled(inFlight)).find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
}

/** Resolves so many times a second, however many wait for it. */
function paceOf(ratePerSecond: number, signal: AbortSignal | undefined): () => Promise<void> {
  let nextAtMs = Date.now()
  return async () => {
    const waitMs = nextAtMs - Date.now()
    nextAtMs = Math.max(nextAtMs, Date.now()) + 1_000 / ratePerSecond
    if (waitMs > 0) await sleep(waitMs, undefined, signal && { signal }).catch(() => signal?.throwIfAborted())
  }
}
