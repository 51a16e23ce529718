import { Context } from '@temporalio/activity'
import { failureFromFailedJob } from '../../adapters/removebgvideo/errors.ts'
import type { VendorJob } from '../../adapters/removebgvideo/vendor-job.schema.ts'
import { chargeOf } from '../../domain/charge.ts'
import type { WaitHeartbeat } from '../../domain/outage.ts'
import { NO_OUTAGE } from '../../domain/outage.ts'
import { pollDelayMs } from '../../domain/poll-delay.ts'
import { usualProcessingMs } from '../../domain/processing-time.ts'
import type { RemovalFailure } from '../../domain/removal-failure.ts'
import { asRemovalFailure, isRemovalFailure } from '../../domain/removal-failure.ts'
import type { Model } from '../../domain/request-values.ts'
import { hasMoved } from '../../domain/start-decision.ts'
import { heartbeat, lastHeartbeat, pollingActivity, StillWaiting, stillWaiting } from '../activity.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import type { KnownJob, PurchasedJob } from '../find-record.ts'
import { jobLost, knownJobFrom, knownJobOf } from '../find-record.ts'
import type { RemovalInput } from '../labels.ts'
import { callOptions, clientOf } from '../vendor-call.ts'
import { countJobEnd } from './count-job-end.ts'

export interface CheckVendorJobInput extends RemovalInput, PurchasedJob {
  /** What its start told of it. */
  job?: KnownJob | undefined
  /**
   * `end`: until the job is terminal. `watch`: the same for a parked removal, slowly and through every failure.
   * `move`: like `watch`, until the job leaves its draft's status.
   */
  until: 'end' | 'watch' | 'move'
  durationSeconds: number | null
  webhookExpected: boolean
  /** This check follows a callback, and is no planned poll. */
  isCalledBack?: boolean
  /** Epoch milliseconds; a retry that would start later fails at once, so delays are clamped to it. */
  deadlineAtMs: number
}

/** The job is where it was wanted; with its end comes what the retrieval needs to know of it. */
export interface CheckedJob {
  vendorState: string
  job?: KnownJob
}

/** A started job may take this long to become visible; it is looked for so often meanwhile. */
const VISIBILITY_GRACE_MS = 30_000
const NOT_VISIBLE_DELAY_MS = 2_000
/** Temporal ends the wait. A host whose clock is ahead sees the deadline pass before that, and must not poll in a hurry. */
const PASSED_DELAY_MS = 1_000
/** How rarely the job of a parked removal is checked: the delay grows from the first to the last. */
const WATCH_DELAY_MS = { first: 15_000, last: 15 * 60_000 } as const

/**
 * One GET of the vendor job. While it runs the activity fails benignly and Temporal's server waits, so that any
 * length of processing costs three history events and no worker. Failed polls follow the failure's own back-off
 * up to the outage budget. Fails as `ProcessingFailed` when the vendor failed the job, and as `JobNotVisible`.
 */
export function checkVendorJob(deps: ActivityDependencies) {
  return pollingActivity(async (input: CheckVendorJobInput): Promise<CheckedJob> => {
    try {
      return await check(input, deps)
    } catch (error) {
      throw input.until === 'end' || endsTheChecks(error) ? error : stillChecking(error, input)
    }
  }, deps)
}

async function check(input: CheckVendorJobInput, deps: ActivityDependencies): Promise<CheckedJob> {
  const context = Context.current()
  const before: Partial<WaitHeartbeat> = lastHeartbeat()
  const known = await knownJobOf(input, deps)
  const now = await deps.now()
  const job = await poll(known, deps).catch((error: unknown) => {
    throw isNotVisibleYet(error, known, now)
      ? stillWaiting(error.message, clamped(NOT_VISIBLE_DELAY_MS, input, now), { because: error })
      : error
  })
  // The workflow waits only for what was started: a ledger from before that has to learn it again.
  const isNewlyStarted =
    known.startedAtMs === null && input.until !== 'move' && hasMoved(job.status, known.draftStatus)
  if (job.state === 'completed' || job.state === 'failed') {
    const ended = await recordEnd({ known, job, startedAt: isNewlyStarted ? new Date(now) : undefined }, deps)
    const { processingSince } = before
    const isCalledBack = input.isCalledBack === true
    countJobEnd({ isCalledBack, known, state: job.state, now, processingSince }, deps)
    if (job.state === 'failed') throw asRemovalFailure(failureFromFailedJob(job), { jobEnded: true })
    return { vendorState: job.status, job: ended }
  }
  if (isNewlyStarted) await deps.ledger.vendorJobs.recordStarted(input, new Date(now), job.requestId)
  else if (job.requestId !== null && job.state !== 'processing')
    await deps.ledger.vendorJobs.addRequestId(input, job.requestId)
  if (input.until === 'move' && hasMoved(job.status, known.draftStatus)) return { vendorState: job.status }
  if (job.state === 'unknown' && before.vendorState !== job.status) {
    deps.metrics.count('matteflow_unknown_statuses', {})
    context.log.warn('the vendor shows a status that is not in its contract, waiting on', {
      vendorJobId: job.id,
      vendorState: job.status,
    })
  }
  const processingSince = before.processingSince ?? (job.state === 'processing' ? now : undefined)
  heartbeat(
    {
      progress: job.progress,
      vendorState: job.status,
      ...(processingSince !== undefined && { processingSince }),
    },
    NO_OUTAGE,
  )
  throw stillWaiting(
    `vendor job ${job.id}: ${job.status}${job.progress === null ? '' : `, ${job.progress} %`}`,
    clamped(nextPollMs(input, known, job, now), input, now),
  )
}

/** The job's own end, and a ledger that forgot it: the step that goes on meets both again. */
function endsTheChecks(error: unknown): boolean {
  if (error instanceof StillWaiting || Context.current().cancellationSignal.aborted) return true
  return isRemovalFailure(error) && (error.facts.jobEnded === true || error.facts.recordsLost === true)
}

/** The checks of a parked removal have time: no failure ends them, or the removal would go on because of it. */
function stillChecking(error: unknown, { vendorJobId }: CheckVendorJobInput): Error {
  const because = asRemovalFailure(error)
  const delayMs = parkedCheckDelayMs(Context.current().info.attempt)
  return stillWaiting(`checking parked vendor job ${vendorJobId}: ${because.message}`, delayMs, { because })
}

/** Right after its start a job may take a moment to become visible. */
function isNotVisibleYet(error: unknown, { startedAtMs }: KnownJob, now: number): error is RemovalFailure {
  return (
    isRemovalFailure(error) &&
    error.kind === 'JobNotVisible' &&
    now - (startedAtMs ?? now) < VISIBILITY_GRACE_MS
  )
}

async function poll(
  { keyAlias, vendorJobId, removalId }: KnownJob & PurchasedJob,
  deps: ActivityDependencies,
): Promise<VendorJob> {
  const client = clientOf(keyAlias, deps.vendor, vendorJobId)
  return client.getJob(vendorJobId, callOptions(removalId, deps))
}

function nextPollMs(input: CheckVendorJobInput, known: KnownJob, job: VendorJob, now: number): number {
  if (input.until !== 'end') return parkedCheckDelayMs(Context.current().info.attempt)
  const elapsedMs = Math.max(0, now - (known.startedAtMs ?? now))
  const usualMs = usualProcessingMs(known.model as Model, input.durationSeconds)
  return pollDelayMs({ elapsedMs, progress: job.progress, usualMs, webhookExpected: input.webhookExpected })
}

function parkedCheckDelayMs(attempt: number): number {
  return Math.min(WATCH_DELAY_MS.last, WATCH_DELAY_MS.first * 2 ** Math.min(attempt - 1, 10))
}

function clamped(delayMs: number, { until, deadlineAtMs }: CheckVendorJobInput, now: number): number {
  const leftMs = deadlineAtMs - now
  return until === 'end' ? Math.min(delayMs, leftMs > 0 ? leftMs : PASSED_DELAY_MS) : delayMs
}

interface EndedPoll {
  known: KnownJob & PurchasedJob
  job: VendorJob
  startedAt: Date | undefined
}

/** The vendor's figures about an ended job, and what it was charged by them. */
async function recordEnd(
  { known, job, startedAt }: EndedPoll,
  { ledger, now }: ActivityDependencies,
): Promise<KnownJob> {
  const { creditsPerMinute, estimatedMillicredits } = known
  const { status, durationSeconds, billingStatus, requestId } = job
  const model = known.model as Model
  const { amountMillicredits } = chargeOf({
    ...{ model, creditsPerMinute, estimatedMillicredits, status, durationSeconds, billingStatus },
  })
  const record = await ledger.vendorJobs.recordEnd(known, {
    finalStatus: status,
    error: job.error?.slice(0, 1_000) ?? null,
    durationSeconds,
    billingStatus,
    chargedMillicredits: amountMillicredits,
    finishedAt: new Date(await now()),
    requestId,
    ...(startedAt !== undefined && { startedAt }),
  })
  if (record === undefined) throw jobLost(known)
  return knownJobFrom(record)
}
