import { allHandlersFinished, condition, continueAsNew } from '@temporalio/workflow'
import type { AdmittedRemoval } from '../activities/admit/admit-removal.ts'
import type { Labels, RemovalInput } from '../activities/labels.ts'
import type { SettleRemovalInput } from '../activities/settle/settle-removal.ts'
import type { PricedVariant } from '../domain/plan-fallback.ts'
import type { FailureDocument, RemovalDocument, RemovalState } from '../domain/removal-document.ts'
import type { RemovalFailure } from '../domain/removal-failure.ts'
import type { RemovalRequestInput } from '../domain/removal-request.schema.ts'
import type { StagedInput } from '../domain/staged-input.ts'
import type { activitiesUnder } from './activities.ts'
import type { CancelNote, ResumeRequest } from './messages.ts'

/** How a removal ends, once that is decided: what is left is to record it. */
export interface Ending {
  state: 'succeeded' | 'failed' | 'cancelled'
  served: { purchase: number; why: string } | null
  output: SettleRemovalInput['output']
  failure: FailureDocument | null
}

/** A purchase that did not serve: what was bought, and what became of it. */
interface FailedPurchase {
  variant: PricedVariant
  failure: FailureDocument
  vendorJobId?: string | null
}

/** A person's answer to an unknown outcome, numbered so that the ledger applies it once. */
interface Answer {
  number: number
  as: 'started' | 'not-started'
}

/**
 * What outlives a continue-as-new: all that was decided. Everything else the ledger knows, and the activities answer
 * from it. Releases before 0.2.0 carried the first two alone, so that every other field may be missing.
 */
export interface CarriedState {
  /** Null where no deadline runs: JSON has no infinity. */
  deadlineAtMs: number | null
  parks: number
  purchase?: number
  variant?: PricedVariant | null
  failed?: FailedPurchase[]
  start?: RemovalRun['start']
  vendorJobId?: string | null
  answer?: Answer | null
  maxCredits?: number | null
  ending?: Ending | null
  /** The id that the removal is recorded under; missing in what builds before 0.2.0 carried. */
  removalId?: string
}

/** What a resume of a parked removal would buy besides what was bought. */
export interface NextPurchase {
  spentMillicredits: number
  nextMillicredits: number | null
  maxCredits: number | null
}

/**
 * One run of a removal: where it stands, what was decided, and what others told it. It alone writes what Temporal shows
 * of the removal: search attributes, memo, current details and the log line of each state.
 */
export interface RemovalRun {
  readonly id: string
  readonly request: RemovalRequestInput
  readonly staged: StagedInput | null
  readonly labels: Labels
  /** What every activity is told. */
  readonly of: RemovalInput
  readonly temporal: NonNullable<RemovalDocument['temporal']>
  /** Under the settings of the deployment, once the admission has told them. */
  readonly activities: ReturnType<typeof activitiesUnder>
  readonly state: RemovalState
  /** Epoch milliseconds since which it is in that state. */
  readonly sinceMs: number
  /** Who cancels, and why, as far as they said so. */
  readonly cancelNote: CancelNote | null
  readonly admitted: AdmittedRemoval | null
  /** Search attributes that the namespace lacks, as an admission has told that admitted nothing; null before. */
  readonly lacking: readonly string[] | null
  /** Counts from 1. */
  readonly purchase: number
  /** The model and format that are being bought: those of the request, or what stands in for them. */
  readonly variant: PricedVariant | null
  readonly failed: readonly FailedPurchase[]
  readonly vendorJobId: string | null
  /** Whether money may have been spent on the current purchase. */
  readonly start: 'none' | 'in-doubt' | 'started'
  readonly deadlineAtMs: number
  readonly parkedFor: FailureDocument | null
  readonly nextPurchase: NextPurchase | null
  /** Each wake-up by itself waits longer than the one before. */
  readonly parks: number
  /** Set by the update, taken by the park that it ends. */
  readonly resumed: ResumeRequest | null
  /** Kept until the start has heard it, however often the ledger is away meanwhile. */
  readonly answer: Answer | null
  /** What a person has raised the request's limit to. */
  readonly maxCredits: number | null
  readonly ending: Ending | null
  /** Somebody wants the removal to go on in a new run, as soon as it only waits. */
  readonly isRenewalAsked: boolean
  readonly callbacks: { isPending: boolean; taken: number; lastAtMs: number }

  admit(admission: AdmittedRemoval): void
  /** The ledger has the removal under another id, as an earlier build has recorded it. */
  goOnAs(recordedId: string | undefined): void
  /** An admission that admits nothing says at least which search attributes there are. */
  hearOfAttributes(lacking: readonly string[] | undefined): void
  /** Shows a state, unless it is the one that is shown. */
  show(state: RemovalState): void
  enter(state: RemovalState): void
  drafting(variant: PricedVariant): void
  starting(vendorJobId: string): void
  startBecame(start: RemovalRun['start']): void
  answerWasHeard(): void
  takeCallback(): void
  /** Shows why the removal stands still. */
  park(failure: RemovalFailure, next: NextPurchase | null): void
  /** The removal goes on after a park. */
  unpark(deadlineAtMs: number, answer: Answer | null): void
  turnTo(variant: PricedVariant, failure: RemovalFailure): void
  /** Nothing but its recording can follow: no deadline ends that. */
  decide(ending: Ending): void
  /** Shows the end; `document` stays where `status` finds it if the workflow itself can give none. */
  end(document: RemovalDocument): void
  /** Shows the removal that serves the request of this one. */
  join(intoId: string): void
  /** Shows an end that is none of this run's, where it is known which search attributes there are. */
  endElsewhere(document: RemovalDocument): void
  carried(): CarriedState
}

/** The run as whoever begins it and hears its messages sees it: only they change what all others read. */
export type ChangingRun = { -readonly [Field in keyof RemovalRun]: RemovalRun[Field] }

/** The admission of a removal whose first step is done. */
export function admittedOf({ id, admitted }: RemovalRun): AdmittedRemoval {
  if (admitted === null) throw new TypeError(`removal ${id} is not admitted yet`)
  return admitted
}

/** What an admitted removal is buying. */
export function variantOf({ id, variant }: RemovalRun): PricedVariant {
  if (variant === null) throw new TypeError(`removal ${id} has no variant yet`)
  return variant
}

/** Whether anything was bought for a removal, or may have been. */
export function mayHaveBought({ start, failed }: RemovalRun): boolean {
  return start !== 'none' || failed.length > 0
}

/**
 * A new run of the same removal: what was done is not done again, since the ledger answers, and what was decided is
 * carried. Where the ledger lost its records, the new run makes them anew.
 */
export async function startOver(run: RemovalRun, { recordsLost = false } = {}): Promise<never> {
  await condition(allHandlersFinished)
  const carried = run.carried()
  type NextRun = (...args: [RemovalRun['request'], RemovalRun['staged'], CarriedState]) => Promise<never>
  return continueAsNew<NextRun>(run.request, run.staged, recordsLost ? withoutRecords(carried) : carried)
}

/** A success is recorded by the steps that led to it; how else a removal was to end needs no step of it. */
function withoutRecords(carried: CarriedState): CarriedState {
  const ending = carried.ending ?? null
  return { ...carried, vendorJobId: null, ending: ending?.state === 'succeeded' ? null : ending }
}
