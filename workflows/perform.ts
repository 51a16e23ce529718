import type { ActivityOptions } from '@temporalio/common'
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/index.ts'
import type { RemovalInput } from '../activities/labels.ts'
import type { ActivityName } from '../domain/policies.ts'
import { DEFAULT_POLICY_SETTINGS, policiesFrom } from '../domain/policies.ts'
import type { Removal } from './removal.ts'

/** How one activity of a removal is run, besides what the policy table says. */
export interface Performance {
  /** One line for the Temporal UI. */
  summary: string
  /** Ends the activity's budget earlier, milliseconds: what is left of the deadline. */
  withinMs?: number
  /** `true` lets a cancelled scope go on at once, without waiting for the activity to notice. */
  abandonable?: boolean
}

/** Runs one activity as the policy table says. */
export function perform<Name extends ActivityName>(
  removal: Removal,
  name: Name,
  input: Omit<Parameters<Activities[Name]>[0], keyof RemovalInput>,
  { summary, withinMs = Number.POSITIVE_INFINITY, abandonable = false }: Performance,
): ReturnType<Activities[Name]> {
  const policy = policiesFrom(removal.admitted?.settings ?? DEFAULT_POLICY_SETTINGS)[name]
  const options: ActivityOptions = {
    taskQueue: policy.taskQueue,
    startToCloseTimeout: policy.startToCloseTimeoutMs,
    scheduleToCloseTimeout: Math.max(1, Math.min(policy.scheduleToCloseTimeoutMs, withinMs)),
    ...(policy.heartbeatTimeoutMs === undefined ? {} : { heartbeatTimeout: policy.heartbeatTimeoutMs }),
    // Failures carry their own delay; this is for attempts that a dying worker left without an answer.
    retry: { initialInterval: 1_000, backoffCoefficient: 2, maximumInterval: 16_000 },
    cancellationType: abandonable
      ? ActivityCancellationType.TRY_CANCEL
      : ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    summary,
  }
  const activities: Record<string, (input: unknown) => Promise<unknown>> = proxyActivities(options)
  const run = activities[name] as (input: unknown) => ReturnType<Activities[Name]>
  return run({ removalId: removal.id, labels: removal.labels, ...input })
}
