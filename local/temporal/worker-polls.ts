import type { ConnectionLike } from '@temporalio/client'
import { TASK_QUEUES } from '../../domain/policies.ts'

/** A poller asks again at least once a minute; the server lists dead ones for longer than that. */
const FRESH_MS = 75_000

/** `temporal.api.enums.v1.TaskQueueType`, whose package has no named exports. */
const TASK_QUEUE_TYPES = { workflow: 1, activity: 2 } as const

interface Wanted {
  /** Pollers last seen before this moment do not count. */
  sinceMs?: number
  /** Only pollers on this host count: workers call themselves `pid@host`. */
  hostName?: string
}

/** Whether workers poll every task queue. */
export async function workerPolls(
  connection: Pick<ConnectionLike, 'workflowService'>,
  namespace: string,
  wanted: Wanted = {},
): Promise<boolean> {
  return (await unpolledQueues(connection, namespace, wanted)).length === 0
}

/** The task queues of a removal that no worker polls. */
export async function unpolledQueues(
  connection: Pick<ConnectionLike, 'workflowService'>,
  namespace: string,
  { sinceMs = 0, hostName }: Wanted = {},
): Promise<string[]> {
  const oldest = Math.max(sinceMs, Date.now() - FRESH_MS)
  const asked = Object.values(TASK_QUEUES).map(async (name) => {
    const taskQueueType = name === TASK_QUEUES.own ? TASK_QUEUE_TYPES.workflow : TASK_QUEUE_TYPES.activity
    const { pollers } = await connection.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name },
      taskQueueType,
    })
    const isPolled = (pollers ?? []).some(
      ({ lastAccessTime, identity }) =>
        Number(lastAccessTime?.seconds ?? 0) * 1_000 >= oldest - 1_000 &&
        (hostName === undefined || identity?.endsWith(`@${hostName}`) === true),
    )
    return isPolled ? [] : [name]
  })
  return (await Promise.all(asked)).flat()
}
