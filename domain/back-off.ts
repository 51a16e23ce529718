import type { FailureKind } from './failures.ts'

/** The vendor's table for 429, upper ends; source: docs/vendors/removebgvideo.md §15. Transient faults use it as well. */
const VENDOR_TABLE_MS = [2_000, 4_000, 8_000, 16_000] as const

/** `Retry-After` is honoured within these bounds: a zero would hammer, a year would strand the removal. */
export const RETRY_AFTER_BOUNDS_MS = { least: 500, most: 120_000 } as const

/**
 * The pause after so many failed polls in a row, milliseconds. `chance` in [0, 1) spreads it over the upper half of
 * the table's row, as its "1 to 2 s, 2 to 4 s" does. Activities whose attempts are not polls are spaced by the same
 * table through their retry policy.
 */
export function backOffMs(failuresInARow: number, chance: number): number {
  const row = VENDOR_TABLE_MS[Math.min(failuresInARow, VENDOR_TABLE_MS.length) - 1] ?? VENDOR_TABLE_MS[0]
  return Math.round(row / 2 + (row / 2) * chance)
}

/** When to call again, as the side that refused said: the vendor's `Retry-After`, or a breaker that will let one through. */
export function retryAfterDelayMs(kind: FailureKind, retryAfterMs: number | null): number | undefined {
  if (retryAfterMs === null || (kind !== 'RateLimited' && kind !== 'CircuitOpen')) return undefined
  return Math.min(RETRY_AFTER_BOUNDS_MS.most, Math.max(RETRY_AFTER_BOUNDS_MS.least, retryAfterMs))
}
