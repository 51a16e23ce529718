import type { ActivityName } from '../domain/policies.ts'
import { DEFAULT_POLICY_SETTINGS, policiesFrom, TASK_QUEUES } from '../domain/policies.ts'

export type QueueName = keyof typeof TASK_QUEUES
const QUEUE_NAMES = Object.keys(TASK_QUEUES) as QueueName[]

/** Releases before 0.2.0 have scheduled uploads and retrievals on the vendor's two queues: served there until 0.3.0. */
const SCHEDULED_BEFORE: Partial<Record<QueueName, readonly ActivityName[]>> = {
  submit: ['uploadInput'],
  status: ['retrieveOutput'],
}

/** What is served on each queue: each activity on that of its policy, and where an older release has scheduled it. */
export function servedActivities(): { name: QueueName; taskQueue: string; types: ActivityName[] }[] {
  // No setting changes where an activity is served.
  const policies = policiesFrom(DEFAULT_POLICY_SETTINGS)
  const known = Object.keys(policies) as ActivityName[]
  return QUEUE_NAMES.map((name) => {
    const taskQueue = TASK_QUEUES[name]
    const types = known.filter(
      (each) => policies[each].taskQueue === taskQueue || SCHEDULED_BEFORE[name]?.includes(each),
    )
    return { name, taskQueue, types }
  })
}
