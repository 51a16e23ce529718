import type { Client } from '@temporalio/client'
import { ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client'
import { TASK_QUEUES } from '../../domain/policies.ts'
import type { ReconcileRequest } from '../../domain/reconcile/reconcile-report.ts'
import { RECONCILE_BOOKS } from '../../workflows/messages.ts'

/** The one schedule of a namespace. */
export const RECONCILE_SCHEDULE_ID = 'matteflow-reconcile'

/** The workflow ids of reconciliations begin with this; Temporal adds the time to those of a schedule. */
export function reconcileWorkflowId({ project }: ReconcileRequest): string {
  return `reconcile/${project ?? 'all'}`
}

/** Creates the schedule, or changes the one that is there. A run that takes long is not joined by another. */
export async function scheduleReconcile(
  client: Client,
  everyMs: number,
  request: ReconcileRequest,
): Promise<void> {
  const schedule = {
    spec: { intervals: [{ every: everyMs }] },
    action: {
      type: 'startWorkflow' as const,
      workflowType: RECONCILE_BOOKS,
      workflowId: reconcileWorkflowId(request),
      taskQueue: TASK_QUEUES.own,
      args: [request],
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP },
  }
  try {
    await client.schedule.create({ scheduleId: RECONCILE_SCHEDULE_ID, ...schedule })
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error
    await client.schedule
      .getHandle(RECONCILE_SCHEDULE_ID)
      .update(({ state }) => ({ ...schedule, state: { paused: state.paused } }))
  }
}

/** Removes the schedule; false when there was none. */
export async function unscheduleReconcile(client: Client): Promise<boolean> {
  try {
    await client.schedule.getHandle(RECONCILE_SCHEDULE_ID).delete()
    return true
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return false
    throw error
  }
}
