import { ActivityFailure, ApplicationFailure, RetryState, TimeoutFailure } from '@temporalio/common'
import type { FailureKind } from '../domain/failures.ts'
import { isFailureKind } from '../domain/failures.ts'
import type { FailureDocument } from '../domain/removal-document.ts'
import type { FailureContext } from '../domain/removal-failure.ts'
import { RemovalFailure } from '../domain/removal-failure.ts'

/** What an error in the workflow means for the removal. */
export interface StepFailure {
  document: FailureDocument
  /** Temporal gave up because the activity's time was over, not because of what failed last. */
  outOfTime: boolean
  startUnclear: boolean
  /** The vendor job itself ended so. */
  jobEnded: boolean
  /** The books lack what this run has recorded in them. */
  recordsLost: boolean
}

/** The way back from Temporal's failures to ours; undefined for what is neither (a bug, or a cancellation). */
export function stepFailureFrom(error: unknown): StepFailure | undefined {
  if (error instanceof ApplicationFailure) return fromApplicationFailure(error, false)
  if (!(error instanceof ActivityFailure)) return undefined
  const outOfTime = error.retryState === RetryState.TIMEOUT || error.cause instanceof TimeoutFailure
  if (error.cause instanceof ApplicationFailure) return fromApplicationFailure(error.cause, outOfTime)
  if (error.cause instanceof TimeoutFailure) {
    const last = error.cause.cause
    // An attempt that nobody heard of again may have sent it, whatever failed before.
    const startUnclear = error.activityType === 'startVendorJob'
    if (last instanceof ApplicationFailure && !startUnclear) return fromApplicationFailure(last, true)
    const document = failureDocument(
      'PlatformUnavailable',
      `${error.activityType}: no worker answered in time`,
    )
    return { document, ...NO_CONTEXT, outOfTime: true, startUnclear }
  }
  return undefined
}

/** A failure that the workflow itself states. */
export function failureDocument(
  kind: FailureKind,
  message: string,
  facts: ConstructorParameters<typeof RemovalFailure>[2] = {},
): FailureDocument {
  return new RemovalFailure(kind, message, facts).toDocument()
}

/** The same as something that can be thrown: a plain `Error` would block the workflow task for ever. */
export function asThrowable(document: FailureDocument): ApplicationFailure {
  return ApplicationFailure.create({
    message: document.message,
    type: document.kind,
    nonRetryable: true,
    details: [document],
  })
}

const NO_CONTEXT = { startUnclear: false, jobEnded: false, recordsLost: false } as const

function fromApplicationFailure(failure: ApplicationFailure, outOfTime: boolean): StepFailure {
  const [document, context] = (failure.details ?? []) as [FailureDocument?, FailureContext?]
  const known = { ...NO_CONTEXT, ...context, outOfTime }
  if (document && isFailureKind(failure.type)) return { document, ...known }
  // Expected waiting that ran out of time; the step knows what that means.
  const kind = outOfTime ? 'DeadlineExceeded' : 'Unexpected'
  return { document: failureDocument(kind, failure.message), ...known }
}
