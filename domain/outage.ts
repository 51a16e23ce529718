import type { FailureKind } from './failures.ts'

/**
 * What the heartbeat of every activity carries of the failures in a row that it is in: from attempt to attempt, and
 * for `describe`, which shows it between attempts without waking a worker. Temporal's own attempt number cannot tell,
 * since polls and status checks are attempts as well, and it starts at 1 again after every park.
 */
export interface OutageHeartbeat {
  /** Zero while nothing fails. */
  failuresInARow: number
  /** Epoch milliseconds of the first failure in a row. */
  failingSince: number | null
  lastKind: FailureKind | null
  lastMessage: string | null
  /** How many of the failures in a row, the last ones, were of `lastKind`. */
  sameKindInARow: number
  /** Epoch milliseconds; null when the activity is not tried again, or nothing fails. */
  nextTryAt: number | null
}

/** The heartbeat of a wait for the vendor. */
export interface WaitHeartbeat extends OutageHeartbeat {
  /** The vendor's own figure, 0 to 100. */
  progress: number | null
  /** The vendor's own word for the job. */
  vendorState: string | null
  /** Epoch milliseconds of the poll that first saw it being processed. */
  processingSince?: number
}

/** The heartbeat of an upload or a retrieval. */
export interface TransferHeartbeat extends OutageHeartbeat {
  bytes: number
  totalBytes: number | null
}

export const NO_OUTAGE: OutageHeartbeat = {
  failuresInARow: 0,
  failingSince: null,
  lastKind: null,
  lastMessage: null,
  sameKindInARow: 0,
  nextTryAt: null,
}

/** A bug of ours is repeated so often before it is called one: some are races that a repeat does not meet. */
const UNEXPECTED_IN_A_ROW = 3

/** Between two attempts the server keeps 4 KB of all that an activity said. */
const LONGEST_MESSAGE = 300

/** The outage that a heartbeat records. Heartbeats of earlier releases and of other activities record less or nothing. */
export function outageFrom(heartbeat: unknown): OutageHeartbeat {
  const told = (
    typeof heartbeat === 'object' && heartbeat !== null ? heartbeat : {}
  ) as Partial<OutageHeartbeat>
  return {
    failuresInARow: told.failuresInARow ?? 0,
    failingSince: told.failingSince ?? null,
    lastKind: told.lastKind ?? null,
    lastMessage: told.lastMessage ?? null,
    sameKindInARow: told.sameKindInARow ?? 0,
    nextTryAt: told.nextTryAt ?? null,
  }
}

/** The outage after one more failure in a row. */
export function afterFailure(
  before: OutageHeartbeat,
  { kind, message, atMs }: { kind: FailureKind; message: string; atMs: number },
): OutageHeartbeat {
  return {
    failuresInARow: before.failuresInARow + 1,
    failingSince: before.failingSince ?? atMs,
    lastKind: kind,
    lastMessage: message.slice(0, LONGEST_MESSAGE),
    sameKindInARow: before.lastKind === kind ? before.sameKindInARow + 1 : 1,
    nextTryAt: null,
  }
}

/**
 * Whether an activity has failed for as long as it may: the one notion of the outage budget, for all activities. It
 * counts from the first failure in a row, so that time in a queue and polls that work cost nothing of it.
 */
export function isBudgetSpent(
  { failingSince, lastKind, sameKindInARow }: OutageHeartbeat,
  { nowMs, outageBudgetMs }: { nowMs: number; outageBudgetMs: number },
): boolean {
  if (lastKind === 'Unexpected' && sameKindInARow >= UNEXPECTED_IN_A_ROW) return true
  return failingSince !== null && nowMs - failingSince >= outageBudgetMs
}

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
