import { isFailureKind } from './failures.ts'
import type { FailureDocument, RemovalDocument } from './removal-document.ts'
import { isFinal } from './removal-document.ts'
import type { FailureContext } from './removal-failure.ts'
import { RemovalFailure } from './removal-failure.ts'

/** Temporal's type of expected waiting, which is no failure: a vendor job that still runs, a start still in doubt. */
export const STILL_WAITING = 'StillWaiting'

/**
 * The details of every failure that Temporal carries for us. The first is what the failure says: the whole document
 * of the removal that it ended, else the failure's own document; null for expected waiting. The second is what a
 * workflow must know besides.
 */
export type FailureDetails = [said: RemovalDocument | FailureDocument | null, context?: RecordedContext]

/** A context as histories record it: what is `startInDoubt` today has kept the name of earlier releases there. */
export interface RecordedContext extends Omit<FailureContext, 'startInDoubt'> {
  startUnclear?: boolean
  removalId?: string | null
}

/** The fields of Temporal's `ApplicationFailure` that hold a failure of ours. */
export interface EncodedFailure {
  /** The failure kind. */
  type: string
  message: string
  details: FailureDetails
  cause?: Error
}

/** The only way from our failures to Temporal's: for `ApplicationFailure.create`. */
export function encodeFailure(failure: RemovalFailure): EncodedFailure {
  const { facts, document } = failure
  const { startInDoubt = false, jobEnded = false, recordsLost = false } = facts
  const { lackingSearchAttributes, recordedId } = facts
  const context = {
    ...encodeContext({ startInDoubt, jobEnded, recordsLost }),
    ...(lackingSearchAttributes !== undefined && { lackingSearchAttributes }),
    ...(recordedId !== undefined && { recordedId }),
    removalId: failure.removalId,
  }
  const cause = boundedCause(failure.cause, MOST_CAUSES)
  return {
    type: failure.kind,
    message: failure.message,
    details: [document ?? failure.toDocument(), context],
    ...(cause && { cause }),
  }
}

/**
 * The only way back. Null for expected waiting. Reads what earlier releases wrote: details without a context, or
 * without anything, as histories keep them. A failure of somebody else's is `Unexpected`.
 */
export function decodeFailure(encoded: {
  message: string
  type?: string | null | undefined
  details?: unknown[] | null | undefined
  cause?: unknown
}): RemovalFailure | null {
  if (encoded.type === STILL_WAITING) return null
  const [said, recorded] = (encoded.details ?? []) as Partial<FailureDetails>
  const facts = { ...decodeContext(recorded), cause: encoded.cause }
  if (isRemovalDocument(said)) {
    const { id, state, failure } = said
    return failure === null
      ? new RemovalFailure('Unexpected', `removal ${id} is ${state} and does not say why`, { document: said })
      : RemovalFailure.fromDocument(failure, said, facts)
  }
  if (isFailureDocument(said)) return RemovalFailure.fromDocument(said, null, facts)
  const kind = isFailureKind(encoded.type) ? encoded.type : 'Unexpected'
  return new RemovalFailure(kind, encoded.message, facts)
}

/** What expected waiting says to the workflow besides that it waits. */
export function contextOf(details: unknown[] | null | undefined): FailureContext {
  return decodeContext(((details ?? []) as Partial<FailureDetails>)[1])
}

/** A context as histories record it. */
export function encodeContext({ startInDoubt, ...context }: FailureContext): RecordedContext {
  return { ...context, ...(startInDoubt !== undefined && { startUnclear: startInDoubt }) }
}

function decodeContext({
  startUnclear,
  ...context
}: RecordedContext = {}): FailureContext & { removalId?: string | null } {
  return { ...context, ...(startUnclear !== undefined && { startInDoubt: startUnclear }) }
}

function isRemovalDocument(value: unknown): value is RemovalDocument {
  if (typeof value !== 'object' || value === null) return false
  const { id, state } = value as Partial<RemovalDocument>
  return typeof id === 'string' && state !== undefined && isFinal(state)
}

function isFailureDocument(value: unknown): value is FailureDocument {
  return (
    typeof value === 'object' && value !== null && isFailureKind((value as Partial<FailureDocument>).kind)
  )
}

/** Causes of causes say little more, and a history keeps every attempt that was the last. */
const MOST_CAUSES = 3
const LONGEST_CAUSE = 200

/**
 * A cause that histories may keep: its first line, bounded, without the query of any URL, since the text of a foreign
 * error may repeat what it was given. Its stack is left to the log.
 */
function boundedCause(cause: unknown, left: number): Error | undefined {
  if (!(cause instanceof Error) || left === 0) return undefined
  const line = (cause.message.split('\n')[0] ?? '').replaceAll(/\?[^\s'")]*/g, '?…').slice(0, LONGEST_CAUSE)
  const next = boundedCause(cause.cause, left - 1)
  const bounded = new Error(line, next && { cause: next })
  bounded.name = cause.name
  bounded.stack = `${cause.name}: ${line}`
  return bounded
}
