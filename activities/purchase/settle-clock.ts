import type { ActivityDependencies } from '../dependencies.ts'

/**
 * How long this process has watched each start in doubt, by a clock that no change of the time of day moves. The
 * settle window in the ledger is measured by the time of day: where that jumps, this keeps the window long enough.
 */
export interface SettleClock {
  /** The send has ended: its watch begins, also where another one was going on. */
  begin(vendorJobId: string): Promise<void>
  /** How long it was watched here, milliseconds; one that another process sent is watched from the first look. */
  elapsedMs(vendorJobId: string): Promise<number>
  end(vendorJobId: string): void
  /** What ended a watch had no effect: it goes on as if it had been watched all the time. */
  goOn(vendorJobId: string, elapsedMs: number): Promise<void>
}

/** Beyond these the oldest are forgotten, whose removals went on elsewhere; being watched anew only takes longer. */
const MOST_STARTS = 10_000

/** A watch of one worker process. */
export function createSettleClock({ monotonicMs }: Pick<ActivityDependencies, 'monotonicMs'>): SettleClock {
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
