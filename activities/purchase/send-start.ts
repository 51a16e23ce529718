import { log } from '@temporalio/activity'
import type { VendorJobRecord } from '../../adapters/ledger/vendor-job-records.ts'
import { asRemovalFailure, isRemovalFailure } from '../../domain/removal-failure.ts'
import type { RemovalRequest } from '../../domain/removal-request.schema.ts'
import { stillWaiting } from '../activity.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { removalRecordOf } from '../find-record.ts'
import type { GuardedVendorClient } from '../guard-vendor.ts'
import { callOptions } from '../vendor-call.ts'
import type { SettleWatch } from './settle-watch.ts'
import { dropStartWitness } from './start-witness.ts'

/** What starts are sent and looked at with. */
export type Starting = ActivityDependencies & { settleWatch: SettleWatch }

/** A start that the vendor accepted. */
export interface StartedStart {
  startedAtMs: number
}

/** Between two looks at a job whose start is unclear, milliseconds. */
export const LOOK_INTERVAL_MS = 2_000
/** A POST start may have had an effect that no look has settled yet. */
export const UNCLEAR = { startUnclear: true } as const

/** One send. */
interface Sending {
  job: VendorJobRecord
  client: GuardedVendorClient
  markedAt: Date
  /** The one repeat that an unclear start is allowed. */
  isRepeat: boolean
}

/** Sends the start that was marked. What had no effect leaves no mark; what may have had one is looked at next. */
export async function sendStart(
  { job, client, markedAt, isRepeat }: Sending,
  starting: Starting,
): Promise<StartedStart> {
  const { ledger, settleWatch } = starting
  const removal = await removalRecordOf(job.removalId, starting)
  const request = removal.request as RemovalRequest
  try {
    const reply = await client.startJob(job.vendorJobId, request, callOptions(job.removalId, starting))
    await ledger.vendorJobs.addRequestId(job, reply.requestId)
    return await established(job, starting)
  } catch (error) {
    const outcome = isRemovalFailure(error) ? (error.facts.sendOutcome ?? 'unclear') : 'unclear'
    if (outcome === 'unclear') await settleWatch.begin(job.vendorJobId)
    if (isRemovalFailure(error)) await ledger.vendorJobs.addRequestId(job, error.facts.requestId ?? null)
    // A refusal settles only what it answers: of a repeat, the first send is still open.
    if (outcome === 'not-sent' && isRepeat) {
      await ledger.vendorJobs.unmarkRepeat(job, markedAt)
      throw asRemovalFailure(error, UNCLEAR)
    }
    if (outcome !== 'unclear' && !isRepeat) {
      await ledger.vendorJobs.unmarkStart(job, markedAt)
      await dropStartWitness(job, starting.storage)
      throw error
    }
    await ledger.vendorJobs.markStartUnclear(job, new Date(await starting.now()))
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

/** Records that the vendor accepted the start. */
export async function established(
  job: VendorJobRecord,
  { ledger, settleWatch, now }: Starting,
): Promise<StartedStart> {
  settleWatch.end(job.vendorJobId)
  const startedAtMs = await now()
  await ledger.vendorJobs.markStarted(job, new Date(startedAtMs))
  return { startedAtMs }
}
