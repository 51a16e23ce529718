import { ActivityFailure, ApplicationFailure, RetryState, TimeoutFailure } from '@temporalio/common'
import { contextOf, decodeFailure, encodeFailure } from '../domain/failure-codec.ts'
import { RemovalFailure } from '../domain/removal-failure.ts'

/** What an error in the workflow means for the removal. */
export interface StepFailure {
  failure: RemovalFailure
  /** Temporal gave up because the activity's time was over, not because of what failed last. */
  isOutOfTime: boolean
  /** That time was the removal's own deadline. */
  isByDeadline: boolean
}

/** An activity that Temporal ended at the removal's deadline: at it, or before, where the next try would come after. */
export class EndedByDeadline extends Error {
  constructor(cause: unknown) {
    super('ended by the deadline of the removal', { cause })
  }
}

/** Whether Temporal ended an activity because of its time, however far it was. */
export function ranOutOfTime(error: unknown): boolean {
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
