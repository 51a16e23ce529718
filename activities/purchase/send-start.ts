import { log } from '@temporalio/activity'
import type { RemovalRecord, VendorJobRecord } from '../../adapters/ledger/rows.ts'
import { ruleOf } from '../../domain/failures.ts'
import type { RemovalFailure } from '../../domain/removal-failure.ts'
import { asRemovalFailure, isRemovalFailure } from '../../domain/removal-failure.ts'
import type { RemovalRequest } from '../../domain/removal-request.schema.ts'
import { stillWaiting } from '../activity.ts'
import type { GuardedVendorClient } from '../breakers.ts'
import { cleanUp } from '../clean-up.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import type { KnownJob } from '../find-record.ts'
import { knownJobFrom } from '../find-record.ts'
import { callOptions } from '../vendor-call.ts'
import type { DoubtClock } from './doubt-clock.ts'
import { dropStartWitness } from './start-witness.ts'

/** What starts are sent and checked with. */
export type Starting = ActivityDependencies & { doubtClock: DoubtClock }

/** A start that the vendor accepted. */
export interface StartedStart {
  startedAtMs: number
  /** For the activities that wait for it and collect it; missing in what earlier releases have answered. */
  job?: KnownJob
}

/** Between two checks of a job whose start is in doubt, milliseconds. */
export const CHECK_INTERVAL_MS = 2_000
/** Between two repeats that the vendor refuses for good, while the first start may still show, milliseconds. */
const REFUSED_REPEAT_INTERVAL_MS = 30_000
/** A POST start may have had an effect that no status check has resolved yet. */
export const IN_DOUBT = { startInDoubt: true } as const

/** One send. */
interface Sending {
  job: VendorJobRecord
  removal: RemovalRecord
  client: GuardedVendorClient
  /** The moment of its intent, which the ledger knows it by. */
  intendedAt: Date
  /** For the one repeat that a start in doubt is allowed: how long its window had run before, milliseconds. */
  repeatAfterMs: number | null
}

/**
 * Sends the start that was intended. What had no effect leaves no intent; what may have had one is checked next. A
 * refusal resolves only what it answers: of a repeat, the first send stays in doubt, and the repeat may be sent later.
 */
export async function sendStart(sending: Sending, starting: Starting): Promise<StartedStart> {
  const { job, removal, client } = sending
  const request = removal.request as RemovalRequest
  try {
    const reply = await client.startJob(job.vendorJobId, request, callOptions(job.removalId, starting))
    return await established(job, starting, reply.requestId)
  } catch (error) {
    const outcome = isRemovalFailure(error) ? (error.facts.sendOutcome ?? 'in-doubt') : 'in-doubt'
    if (isRemovalFailure(error) && outcome !== 'in-doubt') {
      throw sending.repeatAfterMs !== null
        ? await refusedRepeat(error, sending, starting)
        : await refusedStart(error, sending, starting)
    }
    throw await inDoubt(error, sending, starting)
  }
}

async function refusedStart(
  error: RemovalFailure,
  { job, intendedAt }: Sending,
  { ledger, storage }: Starting,
): Promise<Error> {
  await ledger.vendorJobs.withdrawIntent(job, intendedAt, error.facts.requestId)
  await cleanUp('the witness of a start', () => dropStartWitness(job, storage))
  return error
}

async function refusedRepeat(
  error: RemovalFailure,
  { job, intendedAt, repeatAfterMs }: Sending,
  { ledger, doubtClock }: Starting,
): Promise<Error> {
  await doubtClock.goOn(job.vendorJobId, repeatAfterMs ?? 0)
  await ledger.vendorJobs.withdrawRepeat(job, intendedAt, error.facts.requestId)
  // The refusal of a repeat must not end a removal whose first start may have happened.
  return ruleOf(error.kind).parks === 'never'
    ? stillWaiting(
        `start vendor job ${job.vendorJobId}: its repeat was refused, and the first start is still in doubt: ${error.message}`,
        REFUSED_REPEAT_INTERVAL_MS,
        { because: error, ...IN_DOUBT },
      )
    : asRemovalFailure(error, IN_DOUBT)
}

async function inDoubt(
  error: unknown,
  { job, repeatAfterMs }: Sending,
  { ledger, doubtClock, now, metrics }: Starting,
): Promise<Error> {
  await doubtClock.begin(job.vendorJobId)
  metrics.count('matteflow_starts_in_doubt', {})
  const requestId = isRemovalFailure(error) ? (error.facts.requestId ?? null) : null
  await ledger.vendorJobs.recordDoubt(job, new Date(await now()), requestId)
  log.warn('start is in doubt, checking', {
    vendorJobId: job.vendorJobId,
    isRepeat: repeatAfterMs !== null,
    reason: String(error).slice(0, 300),
  })
  return stillWaiting(
    `start vendor job ${job.vendorJobId}: the answer leaves it in doubt, checking the job next`,
    CHECK_INTERVAL_MS,
    IN_DOUBT,
  )
}

/** Records that the vendor accepted the start. */
export async function established(
  job: VendorJobRecord,
  { ledger, doubtClock, now }: Starting,
  requestId: string | null = null,
): Promise<StartedStart> {
  doubtClock.end(job.vendorJobId)
  const startedAtMs = await now()
  await ledger.vendorJobs.recordStarted(job, new Date(startedAtMs), requestId)
  return { startedAtMs, job: { ...knownJobFrom(job), startedAtMs } }
}
