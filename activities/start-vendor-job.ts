import { log } from '@temporalio/activity'
import { isRemovalFailure } from '../domain/removal-failure.ts'
import type { RemovalRequest } from '../domain/removal-request.schema.ts'
import { afterLook, firstStep } from '../domain/start-decision.ts'
import type { OpenStart } from '../domain/unknown-outcome.ts'
import { unknownOutcome } from '../domain/unknown-outcome.ts'
import type { Purchase, VendorJobRecord } from '../ledger/vendor-job-records.ts'
import { startMarksOf } from '../ledger/vendor-job-records.ts'
import { activity, TranslatedError } from './activity.ts'
import { stillWaiting } from './as-application-failure.ts'
import type { ActivityDependencies } from './dependencies.ts'
import { removalRecordOf, vendorJobRecordOf } from './find-record.ts'
import type { GuardedVendorClient } from './guard-vendor.ts'
import type { RemovalInput } from './labels.ts'
import { callOptions, clientOf } from './vendor-call.ts'

export interface StartVendorJobInput extends RemovalInput, Purchase {
  /** A person's answer to an unknown outcome, numbered so that it is applied once. */
  answer: { number: number; as: 'started' | 'not-started' } | null
}

const RUNNING_STATUSES = ['processing', 'completed', 'failed']

/** Between two looks at a job whose start is unclear, milliseconds. */
const LOOK_INTERVAL_MS = 2_000
const UNCLEAR = { startUnclear: true } as const

/**
 * The only call that spends. Marks in the books, then sends; looks instead of sending wherever a mark says that
 * a start may have gone out before (design §3). Each attempt makes one vendor call. Fails as `UnknownOutcome`
 * when looking cannot tell, and with the kind of a definite refusal, which leaves nothing bought.
 */
export function startVendorJob(deps: ActivityDependencies) {
  return activity(
    async ({
      answer,
      removalId,
      purchase: number,
    }: StartVendorJobInput): Promise<{ startedAtMs: number }> => {
      const purchase = { removalId, purchase: number }
      if (answer !== null)
        await deps.books.vendorJobs.applyAnswer(purchase, answer, new Date(await deps.now()))
      const job = await vendorJobRecordOf(purchase, deps)
      const step = firstStep(startMarksOf(job))
      if (step === 'done') return { startedAtMs: job.startedAt?.getTime() ?? (await deps.now()) }
      // A draft that was seen running before any start needs none, and would bill a second time for one.
      if (RUNNING_STATUSES.includes(job.draftStatus ?? '')) return started(job, deps)
      const client = clientOf(job.keyAlias, deps.vendor, job.vendorJobId)
      const mayBeFirst =
        step === 'send' &&
        (await deps.books.vendorJobs.markStartIntended(purchase, new Date(await deps.now())))
      return mayBeFirst ? send({ job, client, isRepeat: false }, deps) : look(purchase, client, deps)
    },
  )
}

interface Sending {
  job: VendorJobRecord
  client: GuardedVendorClient
  /** The one repeat that an unclear start is allowed. */
  isRepeat: boolean
}

async function send(
  { job, client, isRepeat }: Sending,
  deps: ActivityDependencies,
): Promise<{ startedAtMs: number }> {
  const { books } = deps
  const removal = await removalRecordOf(job.removalId, deps)
  const request = removal.request as RemovalRequest
  try {
    const reply = await client.startJob(job.vendorJobId, request, callOptions(job.removalId, deps))
    await books.vendorJobs.addRequestId(job, reply.requestId)
    log.info('vendor job started', { vendorJobId: job.vendorJobId, requestId: reply.requestId })
    return await started(job, deps)
  } catch (error) {
    const outcome = isRemovalFailure(error) ? (error.facts.sendOutcome ?? 'unclear') : 'unclear'
    if (isRemovalFailure(error)) await books.vendorJobs.addRequestId(job, error.facts.requestId ?? null)
    if (outcome === 'not-sent') {
      await (isRepeat ? books.vendorJobs.unmarkRepeat(job) : books.vendorJobs.unmarkStart(job))
      throw new TranslatedError(error, { startUnclear: isRepeat })
    }
    // A refusal settles only what it answers: of a repeat, the first send is still open.
    if (outcome === 'refused' && !isRepeat) {
      await books.vendorJobs.unmarkStart(job)
      throw error
    }
    await books.vendorJobs.markStartUnclear(job, new Date(await deps.now()))
    log.warn('start is unclear, looking', {
      vendorJobId: job.vendorJobId,
      isRepeat,
      reason: String(error).slice(0, 300),
    })
    throw stillWaiting(
      `start vendor job ${job.vendorJobId}: the answer is unclear, looking at the job next`,
      LOOK_INTERVAL_MS,
      UNCLEAR,
    )
  }
}

async function look(
  purchase: Purchase,
  client: GuardedVendorClient,
  deps: ActivityDependencies,
): Promise<{ startedAtMs: number }> {
  const job = await vendorJobRecordOf(purchase, deps)
  const marks = startMarksOf(job)
  const { callTimeoutMs, settleMarginMs } = deps.settings
  const status = await statusOf(job, client, deps)
  switch (afterLook({ marks, status, now: await deps.now(), callTimeoutMs, settleMarginMs })) {
    case 'started':
      return started(job, deps)
    case 'look-again':
      throw stillWaiting(
        `start vendor job ${job.vendorJobId}: still ${status ?? 'not visible'} after an unclear start`,
        LOOK_INTERVAL_MS,
        UNCLEAR,
      )
    case 'repeat':
      if (await deps.books.vendorJobs.markStartRepeated(purchase, new Date(await deps.now())))
        return send({ job, client, isRepeat: true }, deps)
      throw stillWaiting(
        `start vendor job ${job.vendorJobId}: repeated by another attempt`,
        LOOK_INTERVAL_MS,
        UNCLEAR,
      )
    case 'unknown':
      throw new TranslatedError(unknownOutcome(openStart(job, status)), { startUnclear: true })
  }
}

async function statusOf(
  job: VendorJobRecord,
  client: GuardedVendorClient,
  deps: ActivityDependencies,
): Promise<string | null> {
  try {
    // No breaker stands between an unclear start and its answer (design §5).
    return (await client.direct.getJob(job.vendorJobId, callOptions(job.removalId, deps))).status
  } catch (error) {
    if (isRemovalFailure(error) && error.kind === 'JobNotVisible') return null
    throw new TranslatedError(error, { startUnclear: true })
  }
}

async function started(job: VendorJobRecord, deps: ActivityDependencies): Promise<{ startedAtMs: number }> {
  const startedAtMs = await deps.now()
  await deps.books.vendorJobs.markStarted(job, new Date(startedAtMs))
  return { startedAtMs }
}

function openStart(job: VendorJobRecord, status: string | null): OpenStart {
  return {
    ...job,
    requestId: job.requestIds.at(-1) ?? null,
    tried: job.startRepeatedAt === null ? 'one start was sent' : 'a start and its one repeat were sent',
    known: status === null ? 'the job is not visible' : `the job is still shown as ${status}`,
  }
}
