import type { FailureKind } from './failures.ts'

/**
 * The steps of a readiness check, in order. That Temporal answers and that a worker takes work is shown by there being an
 * answer at all.
 */
export type ReadyStepName = 'ledger' | 'storage' | 'vendor' | 'replay'

/** How one step went. What does not apply is null. */
export interface ReadyStep {
  step: ReadyStepName
  /** `skipped`: a step before it failed, without which this one proves nothing. */
  outcome: 'passed' | 'failed' | 'skipped'
  /** What was seen, in a few words. */
  seen: string | null
  kind: FailureKind | null
  problem: string | null
  /** What puts it right. */
  fix: string | null
}

/** The whole outcome of one readiness check. */
export interface ReadyReport {
  steps: ReadyStep[]
  /** The draft that the check left at the vendor; it costs nothing, and `reconcile` names it. */
  draft: { vendorJobId: string; keyAlias: string } | null
}

/** A draft that a readiness check made. */
export interface ReadyDraft {
  checkId: string
  vendorJobId: string
  keyAlias: string
}

/** How the open histories of a namespace replay with a build. */
export interface ReplayedOpen {
  /** How many there are, as far as they were counted, and how many of them were replayed. */
  open: number
  replays: number
  diverges: number
  unreadable: number
  /** The first that diverges, else the first that cannot be read, in a sentence; null where all replay. */
  first: string | null
}
