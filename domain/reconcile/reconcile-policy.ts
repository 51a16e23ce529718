import type { ActivityPolicy } from '../policies.ts'
import { TASK_QUEUES } from '../policies.ts'

/**
 * How Temporal runs the comparison of books: many short calls, one after the other. It heartbeats before each, and
 * none takes longer than 30 s; an hour is some ten thousand of them.
 */
export const RECONCILE_POLICY: ActivityPolicy & { heartbeatTimeoutMs: number } = {
  taskQueue: TASK_QUEUES.status,
  startToCloseTimeoutMs: 60 * 60_000,
  scheduleToCloseTimeoutMs: 2 * 60 * 60_000,
  heartbeatTimeoutMs: 40_000,
}
