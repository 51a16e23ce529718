import { workflowInfo } from '@temporalio/workflow'
import type { AdmitRemovalResult } from '../activities/admit/admit-removal.ts'
import { perform } from './perform.ts'
import type { Removal } from './removal.ts'
import { runStep } from './run-step.ts'

/** Records the request and inspects its input; from then on the deadline runs. */
export async function admit(removal: Removal): Promise<AdmitRemovalResult> {
  const { request, staged } = removal
  const { workflowId, startTime } = workflowInfo()
  const result = await runStep(removal, 'accepted', () =>
    perform(
      removal,
      'admitRemoval',
      { workflowId, request, staged },
      { summary: 'record the request, inspect the input' },
    ),
  )
  if (result.outcome === 'admitted') {
    removal.admitted = result
    removal.order = result.order
    removal.deadlineAtMs = Math.min(removal.deadlineAtMs, startTime.getTime() + result.deadlineMs)
  }
  return result
}
