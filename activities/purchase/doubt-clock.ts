import type { ActivityDependencies } from '../dependencies.ts'

/**
 * Counts how long each start has been in doubt, by a clock that no change of the time of day moves. The doubt window
 * in the ledger is measured by the time of day: where that jumps, this clock keeps the window long enough.
 */
export interface DoubtClock {
  /** The send has ended, and its window begins, also where the window of an earlier send was running. */
  begin(vendorJobId: string): Promise<void>
  /** How long the window has run here, milliseconds. For a send of another process it begins with the first status check. */
  elapsedMs(vendorJobId: string): Promise<number>
  end(vendorJobId: string): void
  /** What ended a window had no effect: the window goes on as if it had run all the time. */
  goOn(vendorJobId: string, elapsedMs: number): Promise<void>
}

/** Beyond these the oldest are forgotten, whose removals went on elsewhere; a window that begins anew only takes longer. */
const MOST_STARTS = 10_000

/** The clock of one worker process. */
export function createDoubtClock({ monotonicMs }: Pick<ActivityDependencies, 'monotonicMs'>): DoubtClock {
  const since = new Map<string, number>()
  const begin = async (vendorJobId: string): Promise<void> => {
    const [oldest] = since.keys()
    if (oldest !== undefined && since.size >= MOST_STARTS) since.delete(oldest)
    since.set(vendorJobId, await monotonicMs())
  }
  return {
    begin,
    async elapsedMs(vendorJobId) {
      const begun = since.get(vendorJobId)
      if (begun !== undefined) return (await monotonicMs()) - begun
      await begin(vendorJobId)
      return 0
    },
    end: (vendorJobId) => void since.delete(vendorJobId),
    async goOn(vendorJobId, elapsedMs) {
      since.set(vendorJobId, (await monotonicMs()) - elapsedMs)
    },
  }
}
