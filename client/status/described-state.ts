import type { WorkflowExecutionDescription, WorkflowExecutionInfo } from '@temporalio/client'
import type { RemovalState } from '../../domain/removal-document.ts'
import { isFinal, REMOVAL_STATES } from '../../domain/removal-document.ts'
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
