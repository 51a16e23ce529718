import type { Client } from '@temporalio/client'
import { ScheduleOverlapPolicy } from '@temporalio/client'
import { putSchedule, removeSchedule } from '../../client/control/put-schedule.ts'
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
  await putSchedule(client, {
    scheduleId: RECONCILE_SCHEDULE_ID,
    spec: { intervals: [{ every: everyMs }] },
    action: {
      type: 'startWorkflow',
      workflowType: RECONCILE_BOOKS,
      workflowId: reconcileWorkflowId(request),
      taskQueue: TASK_QUEUES.own,
      args: [request],
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP },
  })
}

/** Removes the schedule; false when there was none. */
export async function unscheduleReconcile(client: Client): Promise<boolean> {
  return removeSchedule(client, RECONCILE_SCHEDULE_ID)
}
