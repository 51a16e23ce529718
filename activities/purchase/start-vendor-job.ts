import type { Purchase, VendorJobRecord } from '../../adapters/ledger/vendor-job-records.ts'
import { startMarksOf } from '../../adapters/ledger/vendor-job-records.ts'
import { asRemovalFailure, isRemovalFailure } from '../../domain/removal-failure.ts'
import { firstStep } from '../../domain/start-decision.ts'
import { pollingActivity } from '../activity.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import type { PurchasedJob } from '../find-record.ts'
import { vendorJobRecordOf } from '../find-record.ts'
import type { RemovalInput } from '../labels.ts'
import { clientOf } from '../vendor-call.ts'
import { lookAtStart } from './look-at-start.ts'
import type { StartedStart, Starting } from './send-start.ts'
import { established, sendStart } from './send-start.ts'
import { createSettleWatch } from './settle-watch.ts'
import { keepStartWitness, startWitnessOf, testifies } from './start-witness.ts'

export interface StartVendorJobInput extends RemovalInput, PurchasedJob {
  /** A person's answer to an unknown outcome, numbered so that it is applied once. */
  answer: { number: number; as: 'started' | 'not-started' } | null
}

const RUNNING_STATUSES = ['processing', 'completed', 'failed']

/** A process that stood still between its mark and its send, for longer than any database takes, must not send. */
const SEND_WITHIN_MS = 20_000

/**
 * The only call that spends. Marks in the books, then sends; looks instead of sending wherever a mark, or its
 * witness in the storage, says that a start may have gone out before (design §3). Each attempt makes one vendor
 * call. Fails as `UnknownOutcome` when looking cannot tell, and with the kind of a definite refusal, which leaves
 * nothing bought.
 */
export function startVendorJob(deps: ActivityDependencies) {
  const starting: Starting = { ...deps, settleWatch: createSettleWatch(deps) }
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
  )
}

async function startOnce(purchase: PurchasedJob, starting: Starting): Promise<StartedStart> {
  const job = await vendorJobRecordOf(purchase, starting)
  const step = firstStep(startMarksOf(job))
  if (step === 'done') return { startedAtMs: job.startedAt?.getTime() ?? (await starting.now()) }
  // A draft that was seen running before any start needs none, and would bill a second time for one.
  if (RUNNING_STATUSES.includes(job.draftStatus ?? '')) return established(job, starting)
  const client = clientOf(job.keyAlias, starting.vendor, job.vendorJobId)
  const markedAt = step === 'send' ? await markFirst(job, starting) : null
  return markedAt === null
    ? lookAtStart(purchase, client, starting)
    : sendStart({ job, client, markedAt, isRepeat: false }, starting)
}

/** Books that cannot be asked may hide a start that was sent: then the witness tells, and its silence as well. */
async function withDoubt(
  error: unknown,
  purchase: Purchase,
  { storage }: ActivityDependencies,
): Promise<unknown> {
  if (!isRemovalFailure(error) || error.kind !== 'PlatformUnavailable') return error
  const startUnclear = await startWitnessOf(purchase, storage).then(
    (witness) => witness !== undefined,
    () => true,
  )
  return asRemovalFailure(error, { startUnclear })
}

/** Marks the start in the books and in the storage; null where either has heard of an earlier one. */
async function markFirst(job: VendorJobRecord, deps: ActivityDependencies): Promise<Date | null> {
  const { ledger, storage } = deps
  const begun = await deps.monotonicMs()
  const markedAt = new Date(await deps.now())
  if (!(await ledger.vendorJobs.markStartIntended(job, markedAt))) return null
  try {
    if (testifies(await startWitnessOf(job, storage), job)) return null
    await keepStartWitness(job, storage)
  } catch (error) {
    await ledger.vendorJobs.unmarkStart(job, markedAt)
    throw error
  }
  // Others may have looked and concluded meanwhile: the mark stays, and what they concluded holds.
  return (await deps.monotonicMs()) - begun < SEND_WITHIN_MS ? markedAt : null
}
