import type { Purchase, VendorJobRecord } from '../../adapters/ledger/rows.ts'
import { RUNNING_STATUSES } from '../../adapters/ledger/start-records.ts'
import { asRemovalFailure, isRemovalFailure } from '../../domain/removal-failure.ts'
import { pollingActivity } from '../activity.ts'
import type { GuardedVendorClient } from '../breakers.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import type { PurchasedJob } from '../find-record.ts'
import { jobLost, knownJobFrom, startingOver } from '../find-record.ts'
import type { RemovalInput } from '../labels.ts'
import { clientOf } from '../vendor-call.ts'
import { checkStart } from './check-start.ts'
import { createDoubtClock } from './doubt-clock.ts'
import type { StartedStart, Starting } from './send-start.ts'
import { established, sendStart } from './send-start.ts'
import { keepStartWitness, startWitnessOf, testifies } from './start-witness.ts'

export interface StartVendorJobInput extends RemovalInput, PurchasedJob {
  /** A person's answer to an unknown outcome, numbered so that it is applied once. */
  answer: { number: number; as: 'started' | 'not-started' } | null
}

/** A process that stood still between its intent and its send, for longer than any database takes, must not send. */
const SEND_WITHIN_MS = 20_000

/**
 * The only call that spends. Commits the intent to the ledger, then sends; checks instead of sending wherever an
 * intent, or its witness in the storage, says that a start may have gone out before. Sends nothing for a record that
 * is closed. Each attempt makes one vendor call. Fails as `UnknownOutcome` when checking cannot tell, and with the
 * kind of a definite refusal, which leaves nothing bought.
 */
export function startVendorJob(deps: ActivityDependencies) {
  const starting: Starting = { ...deps, doubtClock: createDoubtClock(deps) }
  return pollingActivity(
    async ({
      answer,
      vendorJobId,
      removalId,
      purchase: number,
    }: StartVendorJobInput): Promise<StartedStart> => {
      const purchase = { removalId, purchase: number }
      try {
        if (answer !== null)
          await deps.ledger.vendorJobs.applyAnswer(purchase, answer, new Date(await deps.now()))
        return await startOnce({ ...purchase, vendorJobId }, starting)
      } catch (error) {
        throw await withDoubt(error, purchase, deps)
      }
    },
    deps,
    // A send that is cut off is in doubt, and was paid for all the same.
    { isCancellable: false },
  )
}

async function startOnce(purchase: PurchasedJob, starting: Starting): Promise<StartedStart> {
  const begun = await starting.monotonicMs()
  const intendedAt = new Date(await starting.now())
  const found = await starting.ledger.vendorJobs.intendStart(purchase, intendedAt)
  if (found === undefined) throw jobLost(purchase)
  const { removal, job, isIntended } = found
  if (removal.document !== null) throw startingOver(purchase.removalId)
  if (job.startedAt !== null) return { startedAtMs: job.startedAt.getTime(), job: knownJobFrom(job) }
  if (RUNNING_STATUSES.includes(job.draftStatus ?? '')) return established(job, starting)
  if (!isIntended) return checkStart(purchase, clientFor(job, starting), starting)
  const client = await withdrawingOnFailure(job, intendedAt, starting, async () => {
    const client = clientFor(job, starting)
    if (testifies(await startWitnessOf(job, starting.storage), job)) return null
    await keepStartWitness(job, starting.storage)
    return client
  })
  // Others may have checked and concluded meanwhile: the intent stays, and what they concluded holds.
  const isLate = (await starting.monotonicMs()) - begun >= SEND_WITHIN_MS
  return client === null || isLate
    ? checkStart(purchase, clientFor(job, starting), starting)
    : sendStart({ job, removal, client, intendedAt, repeatAfterMs: null }, starting)
}

function clientFor({ keyAlias, vendorJobId }: VendorJobRecord, { vendor }: Starting): GuardedVendorClient {
  return clientOf(keyAlias, vendor, vendorJobId)
}

/** What fails before the send leaves no intent: nothing was sent. */
async function withdrawingOnFailure<Result>(
  job: VendorJobRecord,
  intendedAt: Date,
  { ledger }: Starting,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    await ledger.vendorJobs.withdrawIntent(job, intendedAt)
    throw error
  }
}

/** A ledger that cannot be asked may hide a start that was sent: then the witness tells, and its silence as well. */
async function withDoubt(
  error: unknown,
  purchase: Purchase,
  { storage }: ActivityDependencies,
): Promise<unknown> {
  if (!isRemovalFailure(error) || error.kind !== 'PlatformUnavailable') return error
  const startInDoubt = await startWitnessOf(purchase, storage).then(
    (witness) => witness !== undefined,
    () => true,
  )
  return asRemovalFailure(error, { startInDoubt })
}
