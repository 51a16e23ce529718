import type { SearchAttributeUpdatePair } from '@temporalio/common'
import type { AdmittedRemoval } from '../activities/admit/admit-removal.ts'
import type { Labels } from '../activities/labels.ts'
import type { FallbackOrder } from '../domain/plan-fallback.ts'
import type { FailureDocument, RemovalDocument, RemovalState } from '../domain/removal-document.ts'
import type { RemovalRequestInput } from '../domain/removal-request.schema.ts'
import type { StagedInput } from '../domain/staged-input.ts'
import type { ResumeRequest } from './messages.ts'

/** What survives a continue-as-new; everything else the books know, and the activities answer from them. */
export interface CarriedState {
  deadlineAtMs: number
  parks: number
}

/** One removal as its workflow sees it: where it stands, and what others told it. */
export interface Removal {
  readonly id: string
  readonly request: RemovalRequestInput
  readonly staged: StagedInput | null
  readonly labels: Labels
  state: RemovalState
  admitted: AdmittedRemoval | null
  purchase: number
  /** What is being bought: the request, or what stands in for it. */
  order: FallbackOrder | null
  /** What was bought and did not serve, with its failure. */
  failedOrders: { order: FallbackOrder; failure: FailureDocument }[]
  vendorJobId: string | null
  /** Whether money may have been spent on the current purchase. */
  start: 'none' | 'unclear' | 'started'
  deadlineAtMs: number
  parkedFor: FailureDocument | null
  /** Counts parks: each wake-up by itself waits longer than the one before. */
  parks: number
  /** Set by the update, taken by the park it answers. */
  resumed: ResumeRequest | null
  hints: { pending: boolean; taken: number; lastAtMs: number }
  /** Shows a new state in search attributes, details and the log; `end` where it is the last one. */
  enter(state: RemovalState, more?: SearchAttributeUpdatePair[], end?: RemovalDocument): void
  /** Shows what the removal is parked for; null once it goes on. */
  showParked(failure: FailureDocument | null): void
  temporal(): NonNullable<RemovalDocument['temporal']>
}

/** The admission of a removal whose first step is done. */
export function admittedOf({ id, admitted }: Removal): AdmittedRemoval {
  if (admitted === null) throw new TypeError(`removal ${id} is not admitted yet`)
  return admitted
}

/** What an admitted removal is buying. */
export function orderOf({ id, order }: Removal): FallbackOrder {
  if (order === null) throw new TypeError(`removal ${id} has no order yet`)
  return order
}

/** The purchase that is going on, and the job drafted for it. */
export function purchasedJob({ id, purchase, vendorJobId }: Removal): {
  purchase: number
  vendorJobId: string
} {
  if (vendorJobId === null) throw new TypeError(`removal ${id} has no vendor job yet`)
  return { purchase, vendorJobId }
}
