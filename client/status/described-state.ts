import type { WorkflowExecutionInfo } from '@temporalio/client'
import type { RemovalState } from '../../domain/removal-document.ts'
import { isFinal, REMOVAL_STATES } from '../../domain/removal-document.ts'
import { searchAttributes } from '../../workflows/messages.ts'

/** What Temporal tells about one workflow, in `describe` and in lists alike. */
export type DescribedRemoval = Pick<
  WorkflowExecutionInfo,
  'workflowId' | 'runId' | 'status' | 'startTime' | 'closeTime' | 'memo' | 'typedSearchAttributes'
>

/** Where a removal stands: its workflow's own word while that runs, afterwards how the workflow ended. */
export function describedState({ status, typedSearchAttributes }: DescribedRemoval): RemovalState {
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
      return unfinished(typedSearchAttributes.get(searchAttributes.state))
  }
}

function unfinished(shown: string | undefined): RemovalState {
  const state = REMOVAL_STATES.find((known) => known === shown) ?? 'accepted'
  // An end is one only when the workflow has closed as well: until then its document cannot be had.
  return isFinal(state) ? 'retrieving' : state
}
