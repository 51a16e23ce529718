import type { ActivityOptions } from '@temporalio/common'
import { ActivityFailure, ApplicationFailure, RetryState, TimeoutFailure } from '@temporalio/common'
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/index.ts'
import { contextOf, decodeFailure, encodeFailure } from '../domain/failure-codec.ts'
import type { ActivityName, ActivityPolicy, PolicySettings } from '../domain/policies.ts'
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
  const run = runnerOf(settings)
  return {
    admitRemoval: run('admitRemoval'),
    uploadInput: run('uploadInput'),
    createVendorJob: run('createVendorJob'),
    startVendorJob: run('startVendorJob'),
    checkVendorJob: run('checkVendorJob'),
    reserveCredits: run('reserveCredits'),
    retrieveOutput: run('retrieveOutput'),
    settleRemoval: run('settleRemoval'),
    recordPark: run('recordPark'),
  }
}

/** The same for the workflow that compares our ledger with the vendor's. */
export function reconciliationUnder(settings: PolicySettings) {
  return runnerOf(settings)('reconcileBooks')
}

/** The same for the workflow that tells of parked removals. */
export function notificationsUnder(settings: PolicySettings) {
  const run = runnerOf(settings)
  return { findParkNews: run('findParkNews'), sendParkNews: run('sendParkNews') }
}

/** The same for the workflow that tells an endpoint of an event. */
export function webhooksUnder(settings: PolicySettings) {
  const run = runnerOf(settings)
  return { sendWebhook: run('sendWebhook'), closeWebhook: run('closeWebhook') }
}

/** The same for the workflow that tells whether a worker could take removals. */
export function readinessUnder(settings: PolicySettings) {
  const run = runnerOf(settings)
  return {
    checkLedger: run('checkLedger'),
    checkStorage: run('checkStorage'),
    makeReadyDraft: run('makeReadyDraft'),
    replayOpen: run('replayOpen'),
  }
}

/** The same for the workflows that delete files. */
export function deletionUnder(settings: PolicySettings) {
  const run = runnerOf(settings)
  return { deleteRemoval: run('deleteRemoval'), deleteExpired: run('deleteExpired') }
}

type Run<Name extends ActivityName> = (
  input: Parameters<Activities[Name]>[0],
  how: HowToRun,
) => ReturnType<Activities[Name]>

function runnerOf(settings: PolicySettings): <Name extends ActivityName>(name: Name) => Run<Name> {
  const policies = policiesFrom(settings)
  return (name) => under(name, policies[name])
}

/** One activity under its policy. Its proxy is made anew for each run, since every run has a summary of its own. */
function under<Name extends ActivityName>(name: Name, policy: ActivityPolicy): Run<Name> {
  const run = async (input: unknown, how: HowToRun): Promise<unknown> => {
    const leftMs = (how.deadlineAtMs ?? Number.POSITIVE_INFINITY) - Date.now()
    try {
      const proxies = proxyActivities<Pick<Activities, ActivityName>>(optionsFrom(policy, how, leftMs))
      const once = proxies[name] as (given: unknown) => Promise<unknown>
      return await once(input)
    } catch (error) {
      if (leftMs < policy.scheduleToCloseTimeoutMs && ranOutOfTime(error)) throw new EndedByDeadline(error)
      throw error
    }
  }
  return run as Run<Name>
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
