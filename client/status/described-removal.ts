import type { WorkflowExecutionInfo } from '@temporalio/client'

/** What Temporal tells about one workflow, in `describe` and in lists alike. */
export type DescribedRemoval = Pick<
  WorkflowExecutionInfo,
  'workflowId' | 'runId' | 'status' | 'startTime' | 'closeTime' | 'memo' | 'typedSearchAttributes'
>
