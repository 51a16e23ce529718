import type { VendorJobRecord } from '../../adapters/ledger/vendor-job-records.ts'
import { startMarksOf } from '../../adapters/ledger/vendor-job-records.ts'
import { asRemovalFailure, isRemovalFailure } from '../../domain/removal-failure.ts'
import { afterLook } from '../../domain/start-decision.ts'
import type { OpenStart } from '../../domain/unknown-outcome.ts'
import { unknownOutcome } from '../../domain/unknown-outcome.ts'
import { stillWaiting } from '../activity.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import type { PurchasedJob } from '../find-record.ts'
import { vendorJobRecordOf } from '../find-record.ts'
import type { GuardedVendorClient } from '../guard-vendor.ts'
import { callOptions } from '../vendor-call.ts'
import type { StartedStart, Starting } from './send-start.ts'
import { established, LOOK_INTERVAL_MS, sendStart, UNCLEAR } from './send-start.ts'

/**
 * Looks at a job whose start is unclear: established, still open, worth its one repeat, or beyond what looking can
 * tell.
 */
export async function lookAtStart(
  purchase: PurchasedJob,
  client: GuardedVendorClient,
  starting: Starting,
): Promise<StartedStart> {
  const { ledger, settleWatch, now } = starting
  const { callTimeoutMs, settleMarginMs } = starting.settings
  const job = await vendorJobRecordOf(purchase, starting)
  const marks = startMarksOf(job)
  const watchedMs = await settleWatch.watchedMs(job.vendorJobId)
  const status = await statusOf(job, client, starting)
  switch (afterLook({ marks, status, now: await now(), watchedMs, callTimeoutMs, settleMarginMs })) {
    case 'started':
      return established(job, starting)
    case 'look-again':
      throw stillWaiting(
        `start vendor job ${job.vendorJobId}: still ${status ?? 'not visible'} after an unclear start`,
        LOOK_INTERVAL_MS,
        UNCLEAR,
      )
    case 'repeat': {
      const markedAt = new Date(await now())
      settleWatch.end(job.vendorJobId)
      if (await ledger.vendorJobs.markStartRepeated(purchase, markedAt))
        return sendStart({ job, client, markedAt, isRepeat: true }, starting)
      throw stillWaiting(
        `start vendor job ${job.vendorJobId}: repeated by another attempt`,
        LOOK_INTERVAL_MS,
        UNCLEAR,
      )
    }
    case 'unknown':
      settleWatch.end(job.vendorJobId)
      throw asRemovalFailure(unknownOutcome(openStart(job, status)), UNCLEAR)
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
    throw asRemovalFailure(error, UNCLEAR)
  }
}

function openStart(job: VendorJobRecord, status: string | null): OpenStart {
  return {
    ...job,
    requestId: job.requestIds.at(-1) ?? null,
    tried: job.startRepeatedAt === null ? 'one start was sent' : 'a start and its one repeat were sent',
    known: status === null ? 'the job is not visible' : `the job is still shown as ${status}`,
  }
}
