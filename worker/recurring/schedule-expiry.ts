import type { Client } from '@temporalio/client'
import { ScheduleOverlapPolicy } from '@temporalio/client'
import type { Logger } from 'pino'
import { putSchedule, removeSchedule } from '../../client/control/put-schedule.ts'
import { TASK_QUEUES } from '../../domain/policies.ts'
import { DELETE_EXPIRED } from '../../workflows/messages.ts'

/** The one schedule of a namespace. */
export const EXPIRY_SCHEDULE_ID = 'matteflow-expiry'

const MOST_SELDOM_MS = 3_600_000
const MOST_OFTEN_MS = 60_000

/**
 * Sees to it that what is older than `keepMs` is deleted every hour, more often where files are kept for less than that;
 * for ever, that nothing is. A server that refuses is logged, and holds no worker up.
 */
export async function scheduleExpiry(
  client: Client,
  keepMs: number | null,
  log: Pick<Logger, 'warn'>,
): Promise<void> {
  try {
    if (keepMs === null) await removeSchedule(client, EXPIRY_SCHEDULE_ID)
    else {
      await putSchedule(client, {
        scheduleId: EXPIRY_SCHEDULE_ID,
        spec: { intervals: [{ every: Math.min(MOST_SELDOM_MS, Math.max(MOST_OFTEN_MS, keepMs)) }] },
        action: {
          type: 'startWorkflow',
          workflowType: DELETE_EXPIRED,
          workflowId: 'expiry',
          taskQueue: TASK_QUEUES.own,
        },
        policies: { overlap: ScheduleOverlapPolicy.SKIP },
      })
    }
  } catch (error) {
    log.warn(
      { reason: String(error).slice(0, 300) },
      keepMs === null
        ? 'whether a schedule deletes files is not known: the server refuses to tell'
        : 'files are not deleted when MATTEFLOW_KEEP is over: the server refuses the schedule',
    )
  }
}
