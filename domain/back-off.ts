import type { FailureKind } from './failures.ts'

/** The vendor's table for 429, upper ends; source: removebgvideo.md §15. Transient faults use it as well. */
const VENDOR_TABLE_MS = [2_000, 4_000, 8_000, 16_000] as const

/** `Retry-After` is honoured within these bounds: a zero would hammer, a year would strand the removal. */
export const RETRY_AFTER_BOUNDS_MS = { least: 500, most: 120_000 } as const

/**
 * The pause before attempt `attempt + 1` (`attempt` counts from 1), milliseconds. `chance` in [0, 1) spreads the
 * delay over the upper half of the table's row, as its "1 to 2 s, 2 to 4 s" does.
 */
export function backOffMs(
  kind: FailureKind,
  attempt: number,
  retryAfterMs: number | null,
  chance: number,
): number {
  if ((kind === 'RateLimited' || kind === 'CircuitOpen') && retryAfterMs !== null) {
    return Math.min(RETRY_AFTER_BOUNDS_MS.most, Math.max(RETRY_AFTER_BOUNDS_MS.least, retryAfterMs))
  }
  const row = VENDOR_TABLE_MS[Math.min(attempt, VENDOR_TABLE_MS.length) - 1] ?? VENDOR_TABLE_MS[0]
  return Math.round(row / 2 + (row / 2) * chance)
}
