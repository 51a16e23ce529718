import { MAX_INPUT_BYTES } from './container.ts'

/** Where each activity runs. The two vendor queues carry their own server-side rate limit. Source: interface.md §6. */
export const TASK_QUEUES = {
  own: 'matteflow',
  submit: 'matteflow-submit',
  status: 'matteflow-status',
} as const

/** The settings of a deployment that policies follow; milliseconds. */
export interface PolicySettings {
  /** MATTEFLOW_CALL_TIMEOUT: the total time of one vendor call. */
  callTimeoutMs: number
  /** MATTEFLOW_OUTAGE_BUDGET: how long a step goes on through an outage before the removal parks. */
  outageBudgetMs: number
  /** How long after an unclear start's call time-out a late start may still show. */
  settleMarginMs: number
}

export const DEFAULT_POLICY_SETTINGS: PolicySettings = {
  callTimeoutMs: 30_000,
  outageBudgetMs: 600_000,
  settleMarginMs: 30_000,
}

/** How Temporal runs one activity; milliseconds. */
export interface ActivityPolicy {
  taskQueue: string
  startToCloseTimeoutMs: number
  scheduleToCloseTimeoutMs: number
  heartbeatTimeoutMs?: number
}

/** Room for the reply to travel and to be recorded after the HTTP time-out has ended the call (design §5). */
const CALL_MARGIN_MS = 5_000
/** Database and storage answer in milliseconds or not at all; a URL's probe makes a few ranged requests. */
const OWN_WORK_MS = 60_000
/** A silent transfer is a dead worker: heartbeats come every second or so (design §5 allows 30 s). */
const TRANSFER_HEARTBEAT_MS = 25_000
/** The slowest line a transfer is sized for: 500 MB in 67 minutes. */
const SLOWEST_BYTES_PER_MS = 125
/** Two looks that cross the settle window, one after each of the two sends, plus the calls themselves. */
const SETTLE_WINDOWS = 2
/** A parked job is watched for as long as people may take to notice it. */
const WATCH_MS = 90 * 86_400_000

export type ActivityName =
  | 'admitRemoval'
  | 'uploadInput'
  | 'createVendorJob'
  | 'startVendorJob'
  | 'checkVendorJob'
  | 'reserveCredits'
  | 'retrieveOutput'
  | 'settleRemoval'

/**
 * One row an activity. There is no limit on attempts anywhere: budgets are times, and what an attempt that failed
 * waits for is said by the failure itself (`backOffMs`, `pollDelayMs`). Every row ends at some time.
 */
export function policiesFrom({
  callTimeoutMs,
  outageBudgetMs,
  settleMarginMs,
}: PolicySettings): Record<ActivityName, ActivityPolicy> {
  const callMs = callTimeoutMs + CALL_MARGIN_MS
  const transferMs = OWN_WORK_MS + MAX_INPUT_BYTES / SLOWEST_BYTES_PER_MS
  return {
    admitRemoval: {
      taskQueue: TASK_QUEUES.own,
      startToCloseTimeoutMs: OWN_WORK_MS,
      scheduleToCloseTimeoutMs: OWN_WORK_MS + outageBudgetMs,
    },
    uploadInput: {
      taskQueue: TASK_QUEUES.submit,
      startToCloseTimeoutMs: transferMs,
      scheduleToCloseTimeoutMs: transferMs + outageBudgetMs,
      heartbeatTimeoutMs: TRANSFER_HEARTBEAT_MS,
    },
    createVendorJob: {
      taskQueue: TASK_QUEUES.submit,
      startToCloseTimeoutMs: callMs,
      scheduleToCloseTimeoutMs: callMs + outageBudgetMs,
    },
    startVendorJob: {
      taskQueue: TASK_QUEUES.submit,
      startToCloseTimeoutMs: callMs,
      scheduleToCloseTimeoutMs: outageBudgetMs + SETTLE_WINDOWS * (2 * callMs + settleMarginMs),
    },
    // Its scheduleToClose is clamped to the removal's deadline by the workflow.
    checkVendorJob: {
      taskQueue: TASK_QUEUES.status,
      startToCloseTimeoutMs: callMs,
      scheduleToCloseTimeoutMs: WATCH_MS,
    },
    retrieveOutput: {
      taskQueue: TASK_QUEUES.status,
      startToCloseTimeoutMs: transferMs,
      scheduleToCloseTimeoutMs: transferMs + outageBudgetMs,
      heartbeatTimeoutMs: TRANSFER_HEARTBEAT_MS,
    },
    reserveCredits: {
      taskQueue: TASK_QUEUES.own,
      startToCloseTimeoutMs: OWN_WORK_MS,
      scheduleToCloseTimeoutMs: OWN_WORK_MS + outageBudgetMs,
    },
    settleRemoval: {
      taskQueue: TASK_QUEUES.own,
      startToCloseTimeoutMs: OWN_WORK_MS,
      scheduleToCloseTimeoutMs: OWN_WORK_MS + outageBudgetMs,
    },
  }
}

/** How long an outage-parked removal sleeps before it tries again by itself: doubling, within the budget's size. */
export function wakeDelayMs(timesParked: number, { outageBudgetMs }: PolicySettings): number {
  return Math.min(outageBudgetMs * 1.5, (outageBudgetMs / 10) * 2 ** Math.min(timesParked, 10))
}
