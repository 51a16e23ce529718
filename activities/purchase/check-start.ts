import type { VendorJobRecord } from '../../adapters/ledger/rows.ts'
import { startRecordOf } from '../../adapters/ledger/start-records.ts'
import { asRemovalFailure, isRemovalFailure } from '../../domain/removal-failure.ts'
import type { OpenStart } from '../../domain/start-decision.ts'
import { afterStatusCheck, unknownOutcome } from '../../domain/start-decision.ts'
import { stillWaiting } from '../activity.ts'
import type { GuardedVendorClient } from '../breakers.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import type { PurchasedJob } from '../find-record.ts'
import { jobLost, openPurchaseOf } from '../find-record.ts'
import { callOptions } from '../vendor-call.ts'
import type { StartedStart, Starting } from './send-start.ts'
import { CHECK_INTERVAL_MS, established, IN_DOUBT, sendStart } from './send-start.ts'

/**
 * Checks the status of a job whose start is in doubt: established, still open, worth its one repeat, or beyond what
 * a status can tell.
 */
export async function checkStart(
  purchase: PurchasedJob,
  client: GuardedVendorClient,
  starting: Starting,
): Promise<StartedStart> {
  const { ledger, doubtClock, now, metrics } = starting
  const { callTimeoutMs, settleMarginMs } = starting.settings
  const { removal, job } = await openPurchaseOf(purchase, starting)
  if (job?.vendorJobId !== purchase.vendorJobId) throw jobLost(purchase)
  const start = startRecordOf(job)
  const elapsedMs = await doubtClock.elapsedMs(job.vendorJobId)
  const status = await statusOf(job, client, starting)
  switch (afterStatusCheck({ start, status, now: await now(), elapsedMs, callTimeoutMs, settleMarginMs })) {
    case 'started':
      metrics.count('matteflow_starts_checked', { outcome: 'started' })
      return established(job, starting)
    case 'check-again':
      throw stillWaiting(
        `start vendor job ${job.vendorJobId}: still ${status ?? 'not visible'} after a start in doubt`,
        CHECK_INTERVAL_MS,
        IN_DOUBT,
      )
    case 'repeat': {
      const intendedAt = new Date(await now())
      doubtClock.end(job.vendorJobId)
      if (await ledger.vendorJobs.intendRepeat(purchase, intendedAt)) {
        metrics.count('matteflow_starts_checked', { outcome: 'repeated' })
        return sendStart({ job, removal, client, intendedAt, repeatAfterMs: elapsedMs }, starting)
      }
      throw stillWaiting(
        `start vendor job ${job.vendorJobId}: repeated by another attempt`,
        CHECK_INTERVAL_MS,
        IN_DOUBT,
      )
    }
    case 'unknown':
      metrics.count('matteflow_starts_checked', { outcome: 'unknown' })
      doubtClock.end(job.vendorJobId)
      throw asRemovalFailure(unknownOutcome(openStart(job, status)), IN_DOUBT)
  }
}

async function statusOf(
  job: VendorJobRecord,
  client: GuardedVendorClient,
  deps: ActivityDependencies,
): Promise<string | null> {
  try {
    // No breaker stands between a start in doubt and its answer.
    return (await client.direct.getJob(job.vendorJobId, callOptions(job.removalId, deps))).status
  } catch (error) {
    if (isRemovalFailure(error) && error.kind === 'JobNotVisible') return null
    throw asRemovalFailure(error, IN_DOUBT)
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
