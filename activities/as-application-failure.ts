import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common'
import { backOffMs } from '../domain/back-off.ts'
import { ruleOf } from '../domain/failures.ts'
import { isRemovalFailure, RemovalFailure } from '../domain/removal-failure.ts'

/** Second detail of a failed activity: what the workflow must know besides the failure's document. */
export interface FailureContext {
  /** A POST start may have had an effect that no look has settled yet. */
  startUnclear: boolean
  /** The failure is the vendor job's own end, not that of a call about it. */
  jobEnded?: boolean
  /** The books lack what was recorded before: they were restored from a backup. */
  recordsLost?: boolean
}

/** How often a bug of ours is repeated before it is called one; some are races that a repeat does not meet. */
const UNEXPECTED_ATTEMPTS = 3

/** Settings of one translation. */
export interface Translation {
  attempt: number
  startUnclear?: boolean
  jobEnded?: boolean
  recordsLost?: boolean
  /** Replaces the kind's usual back-off, milliseconds. */
  nextRetryDelayMs?: number
  /** The budget of an otherwise retryable failure is spent. */
  isLast?: boolean
}

/** The only way from our failures to Temporal's: `type` is the kind, `details[0]` the failure's document. */
export function asApplicationFailure(error: unknown, translation: Translation): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error
  const failure = isRemovalFailure(error) ? error : unexpected(error)
  const { attempt, startUnclear = false, jobEnded = false, recordsLost = false, isLast = false } = translation
  const isRetryable =
    ruleOf(failure.kind).retryable &&
    !isLast &&
    !(failure.kind === 'Unexpected' && attempt >= UNEXPECTED_ATTEMPTS)
  const delayMs =
    translation.nextRetryDelayMs ??
    backOffMs(failure.kind, attempt, failure.facts.retryAfterMs ?? null, Math.random())
  const context: FailureContext = { startUnclear, jobEnded, recordsLost }
  return ApplicationFailure.create({
    message: failure.message,
    type: failure.kind,
    nonRetryable: !isRetryable,
    details: [{ ...failure.toDocument(), attempts: attempt }, context],
    ...(isRetryable ? { nextRetryDelay: delayMs } : {}),
    ...(error instanceof Error && failure !== error ? { cause: error } : {}),
  })
}

/** Expected waiting: repeated by the server after `delayMs`, logged at debug, never a failure of the removal. */
export function stillWaiting(
  message: string,
  delayMs: number,
  context: FailureContext = { startUnclear: false },
): ApplicationFailure {
  return ApplicationFailure.create({
    message,
    type: 'StillWaiting',
    details: [null, context],
    category: ApplicationFailureCategory.BENIGN,
    nextRetryDelay: Math.max(1, Math.round(delayMs)),
  })
}

function unexpected(error: unknown): RemovalFailure {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return new RemovalFailure('Unexpected', message.slice(0, 400), { cause: error })
}
