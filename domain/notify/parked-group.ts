import type { FailureKind } from '../failures.ts'

/** What stands parked for one kind in one project. */
export interface ParkedGroup {
  kind: FailureKind
  project: string
  count: number
  /** Epoch milliseconds since which the removal that waits longest has been parked. */
  sinceMs: number
}

/** What has been told of a group, and when. */
export interface ToldGroup extends ParkedGroup {
  toldAtMs: number
}

/** What there is to tell of a group: it begins, it grew tenfold, it is a day older than when it was told, it is over. */
export interface ParkNews extends ParkedGroup {
  what: 'began' | 'grew' | 'aged' | 'over'
}
