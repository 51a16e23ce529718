import type { ConnectionLike } from '@temporalio/client'
import { TASK_QUEUES } from '../../domain/policies.ts'

/** A poller asks again at least once a minute; the server lists dead ones for longer than that. */
const FRESH_MS = 75_000

/** `temporal.api.enums.v1.TaskQueueType`, whose package has no named exports. */
const TASK_QUEUE_TYPES = { workflow: 1, activity: 2 } as const

/** Whether workers poll all three task queues. `sinceMs`: pollers last seen before that moment don't count. */
export async function workerPolls(
  connection: Pick<ConnectionLike, 'workflowService'>,
  namespace: string,
  sinceMs = 0,
): Promise<boolean> {
  const asked = [
    { name: TASK_QUEUES.own, taskQueueType: TASK_QUEUE_TYPES.workflow },
    { name: TASK_QUEUES.submit, taskQueueType: TASK_QUEUE_TYPES.activity },
    { name: TASK_QUEUES.status, taskQueueType: TASK_QUEUE_TYPES.activity },
  ]
  const oldest = Math.max(sinceMs, Date.now() - FRESH_MS)
  const answers = await Promise.all(
    asked.map(({ name, taskQueueType }) =>
      connection.workflowService.describeTaskQueue({ namespace, taskQueue: { name }, taskQueueType }),
    ),
  )
  return answers.every(({ pollers }) =>
    (pollers ?? []).some(
      ({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1_000 >= oldest - 1_000,
    ),
  )
}
