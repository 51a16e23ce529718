import type { ActivityOptions } from '@temporalio/common'
import { ActivityFailure, ApplicationFailure, RetryState, TimeoutFailure } from '@temporalio/common'
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/index.ts'
import { contextOf, decodeFailure, encodeFailure } from '../domain/failure-codec.ts'
import type { ActivityPolicy, PolicySettings } from '../domain/policies.ts'
import { policiesFrom } from '../domain/policies.ts'
import { RemovalFailure } from '../domain/removal-failure.ts'

/** How one run of an activity differs from what its policy says. */
interface HowToRun {
  /** One line for the Temporal UI. */
  summary: string
  /** Epoch milliseconds: ends the activity earlier than its policy would, and then as `DeadlineExceeded`. */
  deadlineAtMs?: number
  /** A cancelled scope goes on at once, without waiting for the activity to notice. */
  isAbandonable?: boolean
}

/** The activities of a removal, each run as its row of the policy table says. */
export function activitiesUnder(settings: PolicySettings) {
  const policies = policiesFrom(settings)
  return {
    admitRemoval: under(
      policies.admitRemoval,
      (options) => proxyActivities<Pick<Activities, 'admitRemoval'>>(options).admitRemoval,
    ),
    uploadInput: under(
      policies.uploadInput,
      (options) => proxyActivities<Pick<Activities, 'uploadInput'>>(options).uploadInput,
    ),
    createVendorJob: under(
      policies.createVendorJob,
      (options) => proxyActivities<Pick<Activities, 'createVendorJob'>>(options).createVendorJob,
    ),
    startVendorJob: under(
      policies.startVendorJob,
      (options) => proxyActivities<Pick<Activities, 'startVendorJob'>>(options).startVendorJob,
    ),
    checkVendorJob: under(
      policies.checkVendorJob,
      (options) => proxyActivities<Pick<Activities, 'checkVendorJob'>>(options).checkVendorJob,
    ),
    reserveCredits: under(
      policies.reserveCredits,
      (options) => proxyActivities<Pick<Activities, 'reserveCredits'>>(options).reserveCredits,
    ),
    retrieveOutput: under(
      policies.retrieveOutput,
      (options) => proxyActivities<Pick<Activities, 'retrieveOutput'>>(options).retrieveOutput,
    ),
    settleRemoval: under(
      policies.settleRemoval,
      (options) => proxyActivities<Pick<Activities, 'settleRemoval'>>(options).settleRemoval,
    ),
    recordPark: under(
      policies.recordPark,
      (options) => proxyActivities<Pick<Activities, 'recordPark'>>(options).recordPark,
    ),
  }
}

/** The same for the workflow that compares our ledger with the vendor's. */
export function reconciliationUnder(settings: PolicySettings) {
  return under(
    policiesFrom(settings).reconcileBooks,
    (options) => proxyActivities<Pick<Activities, 'reconcileBooks'>>(options).reconcileBooks,
  )
}

/** The same for the workflow that tells of parked removals. */
export function notificationsUnder(settings: PolicySettings) {
  const policies = policiesFrom(settings)
  return {
    findParkNews: under(
      policies.findParkNews,
      (options) => proxyActivities<Pick<Activities, 'findParkNews'>>(options).findParkNews,
    ),
    sendParkNews: under(
      policies.sendParkNews,
      (options) => proxyActivities<Pick<Activities, 'sendParkNews'>>(options).sendParkNews,
    ),
  }
}

/** The same for the workflow that tells an endpoint of an event. */
export function webhooksUnder(settings: PolicySettings) {
  const policies = policiesFrom(settings)
  return {
    sendWebhook: under(
      policies.sendWebhook,
      (options) => proxyActivities<Pick<Activities, 'sendWebhook'>>(options).sendWebhook,
    ),
    closeWebhook: under(
      policies.closeWebhook,
      (options) => proxyActivities<Pick<Activities, 'closeWebhook'>>(options).closeWebhook,
    ),
  }
}

/** The same for the workflows that delete files. */
export function deletionUnder(settings: PolicySettings) {
  const policies = policiesFrom(settings)
  return {
    deleteRemoval: under(
      policies.deleteRemoval,
      (options) => proxyActivities<Pick<Activities, 'deleteRemoval'>>(options).deleteRemoval,
    ),
    deleteExpired: under(
      policies.deleteExpired,
      (options) => proxyActivities<Pick<Activities, 'deleteExpired'>>(options).deleteExpired,
    ),
  }
}

/** One activity under its policy. `proxy` is asked anew for each run, since every run has a summary of its own. */
function under<Input, Output>(
  policy: ActivityPolicy,
  proxy: (options: ActivityOptions) => (input: Input) => Promise<Output>,
): (input: Input, how: HowToRun) => Promise<Output> {
  return async (input, how) => {
    const leftMs = (how.deadlineAtMs ?? Number.POSITIVE_INFINITY) - Date.now()
    try {
      return await proxy(optionsFrom(policy, how, leftMs))(input)
    } catch (error) {
      if (leftMs < policy.scheduleToCloseTimeoutMs && ranOutOfTime(error)) throw new EndedByDeadline(error)
      throw error
    }
  }
}

function optionsFrom(
  policy: ActivityPolicy,
  { summary, isAbandonable = false }: HowToRun,
  leftMs: number,
): ActivityOptions {
  const { initialIntervalMs, backoffCoefficient, maximumIntervalMs, maximumAttempts } = policy.retry
  return {
    taskQueue: policy.taskQueue,
    startToCloseTimeout: policy.startToCloseTimeoutMs,
    scheduleToCloseTimeout: Math.max(1, Math.min(policy.scheduleToCloseTimeoutMs, leftMs)),
    ...(policy.heartbeatTimeoutMs !== undefined && { heartbeatTimeout: policy.heartbeatTimeoutMs }),
    retry: {
      initialInterval: initialIntervalMs,
      backoffCoefficient,
      maximumInterval: maximumIntervalMs,
      ...(maximumAttempts !== undefined && { maximumAttempts }),
      nonRetryableErrorTypes: [...policy.retry.nonRetryableErrorTypes],
    },
    cancellationType: isAbandonable
      ? ActivityCancellationType.TRY_CANCEL
      : ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    summary,
  }
}

/** What an error in the workflow means for the removal. */
export interface StepFailure {
  failure: RemovalFailure
  /** Temporal gave up because the activity's time was over, not because of what failed last. */
  isOutOfTime: boolean
  /** That time was the removal's own deadline. */
  isByDeadline: boolean
}

/** An activity that Temporal ended at the removal's deadline: at it, or before, where the next try would come after. */
class EndedByDeadline extends Error {
  constructor(cause: unknown) {
    super('ended by the deadline of the removal', { cause })
  }
}

/** Whether Temporal ended an activity because of its time, however far it was. */
function ranOutOfTime(error: unknown): boolean {
  return (
    error instanceof ActivityFailure &&
    (error.retryState === RetryState.TIMEOUT || error.cause instanceof TimeoutFailure)
  )
}

/** The way back from Temporal's failures to ours; undefined for what is neither (a bug, or a cancellation). */
export function stepFailureFrom(error: unknown): StepFailure | undefined {
  if (error instanceof EndedByDeadline) {
    const ended = stepFailureFrom(error.cause)
    return ended && { ...ended, isByDeadline: true }
  }
  if (error instanceof ApplicationFailure) return read(error, false)
  if (!(error instanceof ActivityFailure)) return undefined
  const { cause, activityType } = error
  // A policy's last attempt reads as its budget spent: the failure itself, not the time.
  if (cause instanceof ApplicationFailure) return read(cause, ranOutOfTime(error))
  if (!(cause instanceof TimeoutFailure)) return undefined
  // An attempt that nobody heard of again may have sent the start, whatever failed before.
  const startInDoubt = activityType === 'startVendorJob'
  if (cause.cause instanceof ApplicationFailure && !startInDoubt) return read(cause.cause, true)
  const message = `${activityType}: no worker answered in time`
  const failure = new RemovalFailure('PlatformUnavailable', message, { startInDoubt })
  return { failure, isOutOfTime: true, isByDeadline: false }
}

/** A failure as something that can be thrown: a plain `Error` would block the workflow task for ever. */
export function asThrowable(failure: RemovalFailure): ApplicationFailure {
  return ApplicationFailure.create({ ...encodeFailure(failure), nonRetryable: true })
}

function read(encoded: ApplicationFailure, isOutOfTime: boolean): StepFailure {
  const failure =
    decodeFailure(encoded) ??
    // Expected waiting that ran out of time; the step knows what that means.
    new RemovalFailure(
      isOutOfTime ? 'DeadlineExceeded' : 'Unexpected',
      encoded.message,
      contextOf(encoded.details),
    )
  return { failure, isOutOfTime, isByDeadline: false }
}
