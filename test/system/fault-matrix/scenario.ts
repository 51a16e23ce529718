import type { FailureKind } from '../../../domain/failures.ts'
import type { OutputWarning } from '../../../domain/removal-document.ts'
import type { RemovalRequestInput } from '../../../domain/removal-request.schema.ts'
import type { Fault } from '../../../sandbox/index.ts'

/** One row of the matrix: what goes wrong at the vendor, and how the removal must end. */
export interface Scenario {
  name: string
  /** Aimed at the scenario's own input when it is played. */
  faults: readonly Fault[]
  request?: Partial<Omit<RemovalRequestInput, 'source'>>
  /** Every park that waits for a person, in order, and what ends it. */
  parks?: readonly Park[]
  /** It outlasts the budget: the removal parks with nobody asked, and wakes by itself. */
  isOutage?: true
  /** It is asleep for half a minute and more, so that it begins first and takes nobody's place. */
  isAsleep?: true
  /** What is said about an output that is delivered with a doubt. */
  warnings?: readonly OutputWarning['code'][]
  end: End
}

export interface Park {
  kind: FailureKind
  /** What `remove` exits with at that moment. */
  exitCode: number
  /**
   * `resume`: credits were added, or the key is accepted again. `repaired`: what was wrong is mended, then resumed.
   * `as …`: the answer to an unknown outcome, `repaired as …` after what was wrong is mended. `itself`: nobody does
   * anything. `refused`: a resume would go beyond `maxCredits`, is refused, and the row ends parked. `never`: it is how
   * the row ends.
   */
  ends:
    | 'resume'
    | 'repaired'
    | 'repaired as started'
    | 'as started'
    | 'as not-started'
    | 'itself'
    | 'refused'
    | 'never'
}

export interface End {
  state: 'succeeded' | 'failed' | 'parked'
  kind: FailureKind | null
  exitCode: number
  /** Vendor jobs that whoever asked wanted to pay for. */
  wanted: number
  /** Billed starts, counted by the vendor. */
  bought: number
  /** Genuine outputs that are ours, whole and verified. */
  collected: number
}

export const SERVED: End = {
  state: 'succeeded',
  kind: null,
  exitCode: 0,
  wanted: 1,
  bought: 1,
  collected: 1,
}
/** The vendor said no to the request itself. */
export const REFUSED: End = {
  state: 'failed',
  kind: 'InvalidRequest',
  exitCode: 2,
  wanted: 0,
  bought: 0,
  collected: 0,
}
export const JOB_FAILED: End = {
  state: 'failed',
  kind: 'ProcessingFailed',
  exitCode: 4,
  wanted: 1,
  bought: 1,
  collected: 0,
}
export const UNFIT: End = { ...JOB_FAILED, kind: 'OutputInvalid' }
/** Bought and running for ever: a person must see to it. */
export const OVERDUE: End = {
  state: 'parked',
  kind: 'DeadlineExceeded',
  exitCode: 5,
  wanted: 1,
  bought: 1,
  collected: 0,
}

export const NO_CREDITS: Park = { kind: 'InsufficientCredits', exitCode: 3, ends: 'resume' }
export const NO_KEY: Park = { kind: 'CredentialsRejected', exitCode: 3, ends: 'resume' }
export const WAS_NOT_STARTED: Park = { kind: 'UnknownOutcome', exitCode: 5, ends: 'as not-started' }

export function served(name: string, faults: readonly Fault[], ...parks: Park[]): Scenario {
  return { name, faults, parks, end: SERVED }
}
