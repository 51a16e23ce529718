import { Context } from '@temporalio/activity'
import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common'
import type { FailureDetails } from '../domain/failure-codec.ts'
import { encodeContext, encodeFailure, STILL_WAITING } from '../domain/failure-codec.ts'
import type { FailureKind } from '../domain/failures.ts'
import { ruleOf } from '../domain/failures.ts'
import type { OutageHeartbeat } from '../domain/outage.ts'
import {
  afterFailure,
  backOffMs,
  isBudgetSpent,
  NO_OUTAGE,
  outageFrom,
  retryAfterDelayMs,
} from '../domain/outage.ts'
import type { FailureContext, RemovalFailure } from '../domain/removal-failure.ts'
import { asRemovalFailure } from '../domain/removal-failure.ts'
import type { ActivityDependencies } from './dependencies.ts'

/** What wrapping an activity needs of the outside world. */
export type Clock = Pick<ActivityDependencies, 'now' | 'settings'>

/**
 * Wraps the work of one activity: whatever it throws leaves as a Temporal failure, here and nowhere else. Failures in
 * a row are counted in the heartbeat, and one that has lasted for the outage budget is the activity's last.
 */
export function activity<Input, Output>(
  work: (input: Input) => Promise<Output>,
  clock: Clock,
): (input: Input) => Promise<Output> {
  return wrapped(work, clock, { attemptsArePolls: false, tellsOften: false })
}

/**
 * The same for an activity whose attempts are planned polls: its failures are spaced by how many came in a row, since
 * the number of its attempt says nothing about them. One that must not be cut off in the middle is not cancellable:
 * Temporal has no way to tell it of anything.
 */
export function pollingActivity<Input, Output>(
  work: (input: Input) => Promise<Output>,
  clock: Clock,
  { isCancellable = true } = {},
): (input: Input) => Promise<Output> {
  return wrapped(work, clock, { attemptsArePolls: true, tellsOften: isCancellable })
}

/** A poll whose removal was cancelled learns of it by a heartbeat; without one its call would hang on until it times out. */
const POLL_BEAT_MS = 3_000

function wrapped<Input, Output>(
  work: (input: Input) => Promise<Output>,
  clock: Clock,
  { attemptsArePolls, tellsOften }: { attemptsArePolls: boolean; tellsOften: boolean },
): (input: Input) => Promise<Output> {
  return async (input) => {
    const context = Context.current()
    const beating = tellsOften ? setInterval(() => heartbeat(lastHeartbeat()), POLL_BEAT_MS) : undefined
    try {
      return await work(input)
    } catch (error) {
      // A call that the cancelled scope aborted is a cancellation, whatever error the abort surfaced as.
      if (context.cancellationSignal.aborted) throw await cancellation(context, error)
      if (error instanceof CancelledFailure || error instanceof ApplicationFailure) throw error
      if (error instanceof StillWaiting) throw waiting(error, await clock.now())
      const failure = asRemovalFailure(error, removalOf(input))
      const { outageBudgetMs } = clock.settings
      throw failed(failure, await clock.now(), { attemptsArePolls, outageBudgetMs })
    } finally {
      clearInterval(beating)
    }
  }
}

/** The clock of an activity that holds nothing up, so that it may go on through a longer outage than a removal does. */
export function patient({ now, settings }: Clock, outageBudgetMs: number): Clock {
  return { now, settings: { ...settings, outageBudgetMs } }
}

/**
 * Sends a heartbeat that also carries the outage which the activity is in, for the next attempt and for `describe`.
 * It stays visible between attempts.
 */
export function heartbeat(details: object, outage: OutageHeartbeat = lastOutage()): void {
  const beat = { ...details, ...outage }
  beats.set(Context.current(), beat)
  Context.current().heartbeat(beat)
}

/** What the last heartbeat said, of this attempt or of the one before. */
export function lastHeartbeat(): Record<string, unknown> {
  const context = Context.current()
  const before: unknown = context.info.heartbeatDetails
  return beats.get(context) ?? (typeof before === 'object' && before !== null ? { ...before } : {})
}

/** The failures in a row that came before this attempt. */
function lastOutage(): OutageHeartbeat {
  return outageFrom(lastHeartbeat())
}

/**
 * Whether an activity is ended because somebody asked for it. A worker that shuts down, a heartbeat that was lost and
 * an attempt that was given up also abort the cancellation signal, and another attempt goes on from what this one left.
 */
export function isCancelAsked(): boolean {
  const { cancellationSignal, cancellationDetails } = Context.current()
  return cancellationSignal.aborted && cancellationDetails?.cancelRequested === true
}

/**
 * Expected waiting: repeated by the server after `delayMs`, logged at debug, never a failure of the removal. With
 * `because`, a failure that does not end the waiting, it counts as one of the failures in a row.
 */
export function stillWaiting(
  message: string,
  delayMs: number,
  { because, ...context }: FailureContext & { because?: RemovalFailure } = {},
): Error {
  return new StillWaiting(message, { delayMs, context, because })
}

/** What `stillWaiting` makes. */
export class StillWaiting extends Error {
  readonly delayMs: number
  readonly context: FailureContext
  readonly because: RemovalFailure | undefined
  constructor(
    message: string,
    {
      delayMs,
      context,
      because,
    }: Pick<StillWaiting, 'delayMs' | 'context'> & { because: RemovalFailure | undefined },
  ) {
    super(message)
    this.delayMs = Math.max(1, Math.round(delayMs))
    this.context = context
    this.because = because
  }
}

const beats = new WeakMap<Context, Record<string, unknown>>()

function waiting({ message, delayMs, context, because }: StillWaiting, nowMs: number): ApplicationFailure {
  const before = lastOutage()
  const outage =
    because && afterFailure(before, { kind: because.kind, message: because.message, atMs: nowMs })
  if (outage !== undefined) heartbeat(lastHeartbeat(), { ...outage, nextTryAt: nowMs + delayMs })
  else if (before.failuresInARow > 0) heartbeat(lastHeartbeat(), NO_OUTAGE)
  const said = because && asRemovalFailure(because, { attempts: outage?.failuresInARow ?? null }).toDocument()
  const details: FailureDetails = [said ?? null, encodeContext(context)]
  return ApplicationFailure.create({
    message,
    type: STILL_WAITING,
    details,
    category: ApplicationFailureCategory.BENIGN,
    nextRetryDelay: delayMs,
  })
}

interface Repeating {
  attemptsArePolls: boolean
  outageBudgetMs: number
}

function failed(
  failure: RemovalFailure,
  nowMs: number,
  { attemptsArePolls, outageBudgetMs }: Repeating,
): ApplicationFailure {
  const { kind, message, facts } = failure
  const outage = afterFailure(lastOutage(), { kind, message, atMs: nowMs })
  const isLast = !ruleOf(kind).retryable || facts.isLast || isBudgetSpent(outage, { nowMs, outageBudgetMs })
  const delayMs =
    facts.retryInMs ??
    retryAfterDelayMs(kind, facts.retryAfterMs ?? null) ??
    (attemptsArePolls ? backOffMs(outage.failuresInARow, Math.random()) : undefined)
  heartbeat(lastHeartbeat(), {
    ...outage,
    nextTryAt: isLast || delayMs === undefined ? null : nowMs + delayMs,
  })
  const attempts = attemptsArePolls ? outage.failuresInARow : Context.current().info.attempt
  return ApplicationFailure.create({
    ...encodeFailure(asRemovalFailure(failure, { attempts })),
    ...(isLast && !isDeclaredFinal(kind) && { nonRetryable: true }),
    ...(!isLast && delayMs !== undefined && { nextRetryDelay: delayMs }),
  })
}

/** The policy names the kinds that are final, unless an earlier release has scheduled the activity. */
function isDeclaredFinal(kind: FailureKind): boolean {
  return Context.current().info.retryPolicy?.nonRetryableErrorTypes?.includes(kind) ?? false
}

function removalOf(input: unknown): { removalId?: string } {
  const { removalId } = (input ?? {}) as { removalId?: unknown }
  return typeof removalId === 'string' ? { removalId } : {}
}

async function cancellation(context: Context, error: unknown): Promise<Error> {
  const reason = await context.cancelled.catch((cancelled: unknown) => cancelled)
  return reason instanceof CancelledFailure
    ? reason
    : ApplicationFailure.create(encodeFailure(asRemovalFailure(error)))
}
