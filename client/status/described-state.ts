import type { WorkflowExecutionDescription, WorkflowExecutionInfo } from '@temporalio/client'
import { isFailureKind } from '../../domain/failures.ts'
import type { FailureDocument, RemovalState } from '../../domain/removal-document.ts'
import { isFinal, REMOVAL_STATES } from '../../domain/removal-document.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { recordedIdOf, shownIdOf } from '../../domain/removal-id.ts'
import type { ParkedMemo } from '../../workflows/messages.ts'
import { PARKED_MEMO, searchAttributes } from '../../workflows/messages.ts'

/** What Temporal tells about one workflow, in `describe` and in lists alike. */
export type DescribedRemoval = Pick<
  WorkflowExecutionInfo,
  'workflowId' | 'runId' | 'status' | 'startTime' | 'closeTime' | 'memo' | 'typedSearchAttributes'
> & { raw?: WorkflowExecutionInfo['raw'] | WorkflowExecutionDescription['raw'] }

/** Where a removal stands: its workflow's own word while that runs, afterwards how the workflow ended. */
export function describedState(described: DescribedRemoval): RemovalState {
  const { status, typedSearchAttributes } = described
  switch (status.name) {
    case 'COMPLETED':
      return 'succeeded'
    case 'CANCELLED':
      return 'cancelled'
    case 'FAILED':
      // A step that fails while the cancellation goes on turns Temporal's cancelled into failed.
      return typedSearchAttributes.get(searchAttributes.state) === 'cancelled' ? 'cancelled' : 'failed'
    case 'TERMINATED':
    case 'TIMED_OUT':
      return 'failed'
    case 'RUNNING':
    case 'PAUSED':
    case 'CONTINUED_AS_NEW':
    case 'UNSPECIFIED':
    case 'UNKNOWN':
      return unfinished(typedSearchAttributes.get(searchAttributes.state) ?? unlabelledState(described))
  }
}

const STATE_OF_STEP: Record<string, RemovalState> = {
  uploadInput: 'uploading',
  createVendorJob: 'drafting',
  startVendorJob: 'starting',
  checkVendorJob: 'processing',
  retrieveOutput: 'retrieving',
  settleRemoval: 'retrieving',
}

/** A namespace that lacks our search attributes: the park left a memo, and a description names the step under way. */
function unlabelledState({ memo, raw }: DescribedRemoval): RemovalState | undefined {
  if (memo?.[PARKED_MEMO]) return 'parked'
  const steps = raw && 'pendingActivities' in raw ? raw.pendingActivities : null
  return STATE_OF_STEP[steps?.[0]?.activityType?.name ?? '']
}

function unfinished(shown: string | undefined): RemovalState {
  const state = REMOVAL_STATES.find((known) => known === shown) ?? 'accepted'
  // An end is one only when the workflow has closed as well: until then its document cannot be had.
  return isFinal(state) ? 'retrieving' : state
}

/** Why a removal is parked, failed or cancelled, as far as its description says; null in every other state. */
export function describedFailure(described: DescribedRemoval, state: RemovalState): FailureDocument | null {
  const id = shownIdOf(described.workflowId, recordedIdOf(described))
  const kind = described.typedSearchAttributes.get(searchAttributes.failure)
  switch (state) {
    case 'parked': {
      const memo = parkedMemo(described)
      if (memo === undefined)
        return new RemovalFailure(
          isFailureKind(kind) ? kind : 'Unexpected',
          `removal ${id} is parked`,
        ).toDocument()
      const { since: _since, ...failure } = memo
      return failure
    }
    case 'cancelled':
      return new RemovalFailure('Cancelled', `removal ${id} was cancelled`).toDocument()
    case 'failed':
      return endedFailure(described, id, kind).toDocument()
    default:
      return null
  }
}

/** What a parked removal left for others to read. */
export function parkedMemo({ memo }: DescribedRemoval): ParkedMemo | undefined {
  return (memo?.[PARKED_MEMO] as ParkedMemo | null | undefined) ?? undefined
}

function endedFailure({ status }: DescribedRemoval, id: string, kind: unknown): RemovalFailure {
  if (status.name === 'TERMINATED') {
    return new RemovalFailure('Unexpected', `removal ${id} was terminated by an operator`, {
      hint: LOOK_IN_THE_BOOKS,
    })
  }
  if (status.name === 'TIMED_OUT') {
    return new RemovalFailure(
      'Unexpected',
      `removal ${id} ran into a time-out of its workflow, which has none of its own`,
      { hint: LOOK_IN_THE_BOOKS },
    )
  }
  return new RemovalFailure(isFailureKind(kind) ? kind : 'Unexpected', `removal ${id} failed`)
}

const LOOK_IN_THE_BOOKS =
  'Nothing was settled: look up in the ledger what was bought, and repeat the request under a new id. Cancel removals instead of terminating them.'
