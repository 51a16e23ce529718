import { ApplicationFailure } from '@temporalio/common'
import type { ActivityInterceptorsFactory } from '@temporalio/worker'
import type { FailureDocument } from '../../domain/removal-document.ts'

/** A failure that Temporal's server is about to repeat, and what it would wait. */
export interface Repeated {
  plannedMs: number
  /** Failures of this step in a row, this one included; null where nothing failed, and the job is only not done. */
  failures: number | null
}

/** Has the server wait for another time than the failure says: `waitMs`, divided by `factor`. */
export function waitingScaled(
  factor: number,
  waitMs: (repeated: Repeated) => number,
): ActivityInterceptorsFactory {
  return () => ({
    inbound: {
      async execute(input, next) {
        try {
          return await next(input)
        } catch (error) {
          throw error instanceof ApplicationFailure ? rescheduled(error, factor, waitMs) : error
        }
      },
    },
  })
}

function rescheduled(
  failure: ApplicationFailure,
  factor: number,
  waitMs: (repeated: Repeated) => number,
): ApplicationFailure {
  const { message, type, nonRetryable, details, cause, nextRetryDelay, category } = failure
  if (typeof nextRetryDelay !== 'number') return failure
  const document = details?.[0] as FailureDocument | null | undefined
  const delayMs = waitMs({ plannedMs: nextRetryDelay, failures: document?.attempts ?? null }) / factor
  return new ApplicationFailure(
    message,
    type,
    nonRetryable,
    details,
    cause,
    Math.max(1, Math.round(delayMs)),
    category,
  )
}
