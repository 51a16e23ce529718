import type { FailureKind } from './failures.ts'

/** How a park of a removal ended. */
export interface ParkEnd {
  /** A person resumed it, time woke it, its vendor job moved, it was cancelled, or a new run parks in its place. */
  by: 'person' | 'time' | 'vendor' | 'cancel' | 'renewal'
  /** Epoch milliseconds. */
  atMs: number
  /** What a person said: who they are, why, the answer to an unknown outcome, the limit they raised. */
  resume: {
    by?: string
    note?: string
    as?: 'started' | 'not-started'
    maxCredits?: number
  } | null
}

/** One park of a removal, as the ledger keeps it. */
export interface ParkRecord {
  removalId: string
  project: string
  /** The purchase that it is about, counted from 1. */
  purchase: number
  kind: FailureKind
  message: string
  /** Epoch milliseconds. */
  parkedAtMs: number
  /** Null while it stands parked. */
  end: ParkEnd | null
}
