import type { FailureKind } from './failures.ts'
import { FAILURES, isFailureKind } from './failures.ts'
import { RETRY_AFTER_BOUNDS_MS } from './outage.ts'

/** Where each activity runs. The vendor's queues carry their own server-side rate limit. Source: docs/reference.md. */
export const TASK_QUEUES = {
  /** Workflows, and work of our own. */
  own: 'matteflow',
  /** Short calls that make and start jobs. */
  submit: 'matteflow-submit',
  /** Polls. */
  status: 'matteflow-status',
  /** Calls to receivers of webhooks, which may hang and shall hold up no removal. */
  webhooks: 'matteflow-webhooks',
  /** Uploads and retrievals, which may take hours and would hold up all others. */
  transfer: 'matteflow-transfer',
} as const

/** The settings of a deployment that policies follow; milliseconds. */
export interface PolicySettings {
  /** MATTEFLOW_CALL_TIMEOUT: the total time of one vendor call. */
  callTimeoutMs: number
  /** MATTEFLOW_OUTAGE_BUDGET: how long a step goes on through an outage before the removal parks. */
  outageBudgetMs: number
  /** How long after the call time-out of a start in doubt a late start may still show. */
  settleMarginMs: number
}

export const DEFAULT_POLICY_SETTINGS: PolicySettings = {
  callTimeoutMs: 30_000,
  outageBudgetMs: 600_000,
  settleMarginMs: 30_000,
}

/** How Temporal's server repeats one activity; milliseconds. */
interface RetryRules {
  initialIntervalMs: number
  backoffCoefficient: number
  maximumIntervalMs: number
  /** Left out where attempts are planned polls, which have no number. */
  maximumAttempts?: number
  nonRetryableErrorTypes: readonly FailureKind[]
}

/** How Temporal runs one activity; milliseconds. */
export interface ActivityPolicy {
  taskQueue: string
  startToCloseTimeoutMs: number
  /** A day for waiting in a queue included: an outage budget counts from the first failure, not from there. */
  scheduleToCloseTimeoutMs: number
  heartbeatTimeoutMs?: number
  retry: RetryRules
}

/** Room for the reply to travel and to be recorded after the HTTP time-out has ended the call. */
const CALL_MARGIN_MS = 5_000
/** Database and storage answer in milliseconds or not at all; a URL's probe makes a few ranged requests. */
const OWN_WORK_MS = 60_000
/** A silent transfer is a dead worker: heartbeats come every few seconds. */
const TRANSFER_HEARTBEAT_MS = 25_000
/** The heartbeat bounds an attempt, not the size: 50 GB at 10 Mbit/s take eleven hours. */
const TRANSFER_MS = 86_400_000
/** Each call of a reconciliation takes 30 s at most and heartbeats before; an hour is some ten thousand of them. */
const RECONCILE_HEARTBEAT_MS = 40_000
const RECONCILE_MS = 3_600_000
/** Removing the files of one removal takes seconds; a backlog of a million takes a few sweeps. */
const SWEEP_HEARTBEAT_MS = 2 * 60_000
const SWEEP_MS = 3_600_000
/** A try that is noticed to be dead: a receiver has 20 s. */
const WEBHOOK_MS = 30_000
/** Ten tries by these take 75 h; a receiver may ask for a day before each. Source: Standard Webhooks 1.0.0. */
const WEBHOOK_RETRY = {
  initialIntervalMs: 5_000,
  backoffCoefficient: 5,
  maximumIntervalMs: 86_400_000,
  maximumAttempts: 10,
}
const WEBHOOK_WHOLE_MS = 11 * 86_400_000
/** Two status checks that cross the doubt window, one after each of the two sends, plus the calls themselves. */
const DOUBT_WINDOWS = 2
/** A parked job is checked for as long as people may take to notice it. */
const WATCH_MS = 90 * 86_400_000
/** A queue that is longer than a day is nobody's plan. */
const QUEUE_MS = 86_400_000
/** Somebody waits for a readiness check before they go on: what takes longer is not ready. */
const READY_MS = 2 * 60_000
/** One history is given two minutes at most; a sample of them takes a minute or two. */
const REPLAY_HEARTBEAT_MS = 130_000
const REPLAY_MS = 10 * 60_000
/** A line in the ledger, written beside what the removal does. */
const NOTE_MS = 10_000
const NOTE_INTERVAL_MS = 5 * 60_000

/** The kinds that no repeat of a call can mend. */
const FINAL_KINDS = Object.keys(FAILURES)
  .filter(isFailureKind)
  .filter((kind) => !FAILURES[kind].retryable)

/** The vendor's own back-off for 429, "1 to 2 s, 2 to 4 s" and so on; transient faults of ours are no more urgent. */
const BACK_OFF: RetryRules = {
  initialIntervalMs: 1_000,
  backoffCoefficient: 2,
  maximumIntervalMs: 16_000,
  nonRetryableErrorTypes: FINAL_KINDS,
}

/** How long the server waits after an attempt whose failure says nothing of its own, milliseconds. */
export function declaredDelayMs(attempt: number): number {
  const { initialIntervalMs, backoffCoefficient, maximumIntervalMs } = BACK_OFF
  return Math.min(maximumIntervalMs, initialIntervalMs * backoffCoefficient ** (attempt - 1))
}

/** What the workflow of a removal runs, and those of a reconciliation and of a deletion. */
export type ActivityName =
  | 'admitRemoval'
  | 'uploadInput'
  | 'createVendorJob'
  | 'startVendorJob'
  | 'checkVendorJob'
  | 'reserveCredits'
  | 'retrieveOutput'
  | 'settleRemoval'
  | 'recordPark'
  | 'reconcileBooks'
  | 'findParkNews'
  | 'sendParkNews'
  | 'deleteRemoval'
  | 'deleteExpired'
  | 'sendWebhook'
  | 'closeWebhook'
  | 'checkLedger'
  | 'checkStorage'
  | 'makeReadyDraft'
  | 'replayOpen'

/**
 * One row an activity, and all that Temporal is told about repeating it. A failure overrides its row only where it
 * knows better: the vendor's `Retry-After`, a circuit that half-opens, a planned poll, a budget that is spent.
 */
export function policiesFrom({
  callTimeoutMs,
  outageBudgetMs,
  settleMarginMs,
}: PolicySettings): Record<ActivityName, ActivityPolicy> {
  const callMs = callTimeoutMs + CALL_MARGIN_MS
  const repeated: RetryRules = { ...BACK_OFF, maximumAttempts: attemptsWithin(outageBudgetMs) }
  const noted: RetryRules = {
    ...BACK_OFF,
    maximumIntervalMs: NOTE_INTERVAL_MS,
    maximumAttempts: attemptsWithin(QUEUE_MS),
  }
  const soon: RetryRules = { ...BACK_OFF, maximumAttempts: attemptsWithin(READY_MS) }
  const readyWork = {
    taskQueue: TASK_QUEUES.own,
    startToCloseTimeoutMs: OWN_WORK_MS,
    scheduleToCloseTimeoutMs: READY_MS,
    retry: soon,
  }
  const ownWork = {
    taskQueue: TASK_QUEUES.own,
    startToCloseTimeoutMs: OWN_WORK_MS,
    scheduleToCloseTimeoutMs: QUEUE_MS + OWN_WORK_MS + outageBudgetMs,
    retry: repeated,
  }
  const transfer = {
    taskQueue: TASK_QUEUES.transfer,
    startToCloseTimeoutMs: TRANSFER_MS,
    scheduleToCloseTimeoutMs: QUEUE_MS + TRANSFER_MS + outageBudgetMs,
    heartbeatTimeoutMs: TRANSFER_HEARTBEAT_MS,
    retry: repeated,
  }
  return {
    admitRemoval: ownWork,
    reserveCredits: ownWork,
    settleRemoval: ownWork,
    uploadInput: transfer,
    retrieveOutput: transfer,
    createVendorJob: {
      taskQueue: TASK_QUEUES.submit,
      startToCloseTimeoutMs: callMs,
      scheduleToCloseTimeoutMs: QUEUE_MS + callMs + outageBudgetMs,
      retry: repeated,
    },
    startVendorJob: {
      taskQueue: TASK_QUEUES.submit,
      startToCloseTimeoutMs: callMs,
      scheduleToCloseTimeoutMs: QUEUE_MS + outageBudgetMs + DOUBT_WINDOWS * (2 * callMs + settleMarginMs),
      // No number of attempts: each status check of a start in doubt is one.
      retry: BACK_OFF,
    },
    // Its scheduleToClose is clamped to the removal's deadline by the workflow.
    checkVendorJob: {
      taskQueue: TASK_QUEUES.status,
      startToCloseTimeoutMs: callMs,
      scheduleToCloseTimeoutMs: WATCH_MS,
      // No number of attempts: each poll is one.
      retry: BACK_OFF,
    },
    // It holds nothing up, so that it may wait long for a ledger that is away, and ask seldom.
    recordPark: {
      taskQueue: TASK_QUEUES.own,
      startToCloseTimeoutMs: NOTE_MS,
      scheduleToCloseTimeoutMs: QUEUE_MS,
      retry: noted,
    },
    // No number of attempts: each search is one, and most find nothing.
    findParkNews: {
      taskQueue: TASK_QUEUES.own,
      startToCloseTimeoutMs: OWN_WORK_MS,
      scheduleToCloseTimeoutMs: WATCH_MS,
      retry: BACK_OFF,
    },
    // A receiver that is away for a day loses this word, and is told then how things stand.
    sendParkNews: {
      taskQueue: TASK_QUEUES.own,
      startToCloseTimeoutMs: callMs,
      scheduleToCloseTimeoutMs: QUEUE_MS,
      retry: noted,
    },
    sendWebhook: {
      taskQueue: TASK_QUEUES.webhooks,
      startToCloseTimeoutMs: WEBHOOK_MS,
      scheduleToCloseTimeoutMs: WEBHOOK_WHOLE_MS,
      retry: { ...WEBHOOK_RETRY, nonRetryableErrorTypes: FINAL_KINDS },
    },
    closeWebhook: ownWork,
    checkLedger: readyWork,
    checkStorage: readyWork,
    // An upload, a create and a status check, each with a time of its own.
    makeReadyDraft: {
      taskQueue: TASK_QUEUES.submit,
      startToCloseTimeoutMs: 3 * callMs,
      scheduleToCloseTimeoutMs: READY_MS,
      retry: soon,
    },
    replayOpen: {
      taskQueue: TASK_QUEUES.own,
      startToCloseTimeoutMs: REPLAY_MS,
      scheduleToCloseTimeoutMs: REPLAY_MS + READY_MS,
      heartbeatTimeoutMs: REPLAY_HEARTBEAT_MS,
      retry: soon,
    },
    deleteRemoval: ownWork,
    deleteExpired: {
      taskQueue: TASK_QUEUES.own,
      startToCloseTimeoutMs: SWEEP_MS,
      scheduleToCloseTimeoutMs: QUEUE_MS + SWEEP_MS + outageBudgetMs,
      heartbeatTimeoutMs: SWEEP_HEARTBEAT_MS,
      retry: repeated,
    },
    reconcileBooks: {
      taskQueue: TASK_QUEUES.status,
      startToCloseTimeoutMs: RECONCILE_MS,
      scheduleToCloseTimeoutMs: QUEUE_MS + RECONCILE_MS + outageBudgetMs,
      heartbeatTimeoutMs: RECONCILE_HEARTBEAT_MS,
      retry: repeated,
    },
  }
}

/** More attempts than fit into a budget, whatever the vendor asks for: the time strikes first, and this only bounds. */
function attemptsWithin(budgetMs: number): number {
  return Math.ceil(budgetMs / RETRY_AFTER_BOUNDS_MS.least) + 1
}

/** How long an outage-parked removal sleeps before it tries again by itself: doubling, within the budget's size. */
export function wakeDelayMs(timesParked: number, { outageBudgetMs }: PolicySettings): number {
  return Math.min(outageBudgetMs * 1.5, (outageBudgetMs / 10) * 2 ** Math.min(timesParked, 10))
}
