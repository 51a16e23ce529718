import { log } from '@temporalio/activity'
import type { RemovalRecord } from '../../adapters/ledger/removal-records.ts'
import type { Purchase, VendorJobRecord } from '../../adapters/ledger/vendor-job-records.ts'
import { isRemovalFailure, RemovalFailure } from '../../domain/removal-failure.ts'
import type { RemovalRequest } from '../../domain/removal-request.schema.ts'
import type { Model, OutputFormat } from '../../domain/request-values.ts'
import { activity } from '../activity.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { removalRecordOf } from '../find-record.ts'
import type { RemovalInput } from '../labels.ts'
import { callOptions } from '../vendor-call.ts'
import { inputUrlOf, wholeBackground } from './input-url.ts'
import { startWitnessOf } from './start-witness.ts'

export interface CreateVendorJobInput extends RemovalInput {
  purchase: number
  model: Model
  outputFormat: OutputFormat
  estimatedMillicredits: number | null
  /** Leave an unstarted draft behind and make a new one: it may belong to a key that is gone. */
  fresh: boolean
}

/** A draft at the vendor; it costs nothing until it is started. */
export interface VendorDraft {
  vendorJobId: string
  keyAlias: string
}

/** Draft faces the contract knows; anything else in a create reply is checked by one GET (removebgvideo.md §11). */
const DRAFT_STATUSES = ['created', 'pending']

/**
 * Makes the draft of a purchase, or returns the one that is recorded for it. Safe to repeat: a lost reply can
 * only leave an unstarted draft behind, which is counted (design §3.2).
 */
export function createVendorJob(deps: ActivityDependencies) {
  return activity(async (input: CreateVendorJobInput): Promise<VendorDraft> => {
    const key = { removalId: input.removalId, purchase: input.purchase }
    if (input.fresh && (await deps.ledger.vendorJobs.dropDraft(key))) {
      await deps.ledger.removals.countOrphanDraft(input.removalId)
    }
    const job = (await recordedDraft(key, deps)) ?? (await makeDraft(input, deps))
    // The face of the draft must be known before the start, or a look after an unclear start tells nothing.
    if (job.draftStatus === null)
      await deps.ledger.vendorJobs.recordDraftStatus(key, await draftStatusOf(job, deps))
    return { vendorJobId: job.vendorJobId, keyAlias: job.keyAlias }
  }, deps)
}

/** The draft of a purchase as the books have it; where they forgot the start of another one, that is its draft. */
async function recordedDraft(
  key: Purchase,
  { ledger, storage, now }: ActivityDependencies,
): Promise<VendorJobRecord | undefined> {
  const recorded = await ledger.vendorJobs.find(key)
  if (recorded !== undefined && (recorded.startIntendedAt ?? recorded.startedAt) !== null) return recorded
  const witness = await startWitnessOf(key, storage)
  if (witness === undefined || witness.vendorJobId === recorded?.vendorJobId) return recorded
  log.warn('the books forgot a start that the storage has kept, looking at it', {
    vendorJobId: witness.vendorJobId,
  })
  await ledger.vendorJobs.dropDraft(key)
  const at = new Date(await now())
  return ledger.vendorJobs.recordDraft({ ...key, ...witness, startIntendedAt: at, createdAt: at })
}

async function makeDraft(input: CreateVendorJobInput, deps: ActivityDependencies): Promise<VendorJobRecord> {
  const removal = await removalRecordOf(input.removalId, deps)
  const videoUrl = removal.videoUrl ?? (await inputUrlOf(removal, deps.storage))
  if (videoUrl === null) throw new TypeError(`removal ${removal.id} has no video URL before its draft`)
  const prices = await deps.prices()
  const draft = await create(removal, videoUrl, input, deps)
  return deps.ledger.vendorJobs.recordDraft({
    removalId: input.removalId,
    purchase: input.purchase,
    vendorJobId: draft.id,
    keyAlias: deps.vendor.current.keyAlias,
    model: input.model,
    outputFormat: input.outputFormat,
    draftStatus: draft.status !== null && DRAFT_STATUSES.includes(draft.status) ? draft.status : null,
    requestIds: draft.requestId === null ? [] : [draft.requestId],
    estimatedMillicredits: input.estimatedMillicredits,
    creditsPerMinute: prices.table[input.model],
    priceVersion: prices.version,
    createdAt: new Date(await deps.now()),
  })
}

async function create(
  removal: RemovalRecord,
  videoUrl: string,
  { model, outputFormat }: CreateVendorJobInput,
  deps: ActivityDependencies,
) {
  const request = removal.request as RemovalRequest
  try {
    return await deps.vendor.current.createDraft(
      {
        videoUrl,
        model,
        outputFormat,
        background: await wholeBackground(removal.id, request.background, deps.storage),
        textPrompt: request.textPrompt,
        webhookUrl: deps.webhookUrlOf(removal.id),
        metadata: { removal_id: removal.id },
      },
      callOptions(removal.id, deps),
    )
  } catch (error) {
    if (isRemovalFailure(error) && error.facts.sendOutcome === 'unclear')
      await deps.ledger.removals.countOrphanDraft(removal.id)
    throw error
  }
}

async function draftStatusOf(job: VendorJobRecord, deps: ActivityDependencies): Promise<string> {
  try {
    return (await deps.vendor.current.getJob(job.vendorJobId, callOptions(job.removalId, deps))).status
  } catch (error) {
    // Right after its creation a job may not be visible yet (§19.16): look again, the draft is recorded.
    if (isRemovalFailure(error) && error.kind === 'JobNotVisible') {
      throw new RemovalFailure('VendorUnavailable', error.message, { ...error.facts, cause: error })
    }
    throw error
  }
}
