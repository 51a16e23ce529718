import { log } from '@temporalio/activity'
import type { Purchase, RemovalRecord, VendorJobRecord } from '../../adapters/ledger/rows.ts'
import { isRemovalFailure, RemovalFailure } from '../../domain/removal-failure.ts'
import type { RemovalRequest } from '../../domain/removal-request.schema.ts'
import type { Model, OutputFormat } from '../../domain/request-values.ts'
import { activity, stillWaiting } from '../activity.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { openPurchaseOf } from '../find-record.ts'
import type { RemovalInput } from '../labels.ts'
import { callOptions, clientOf } from '../vendor-call.ts'
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

/** Right after its creation a draft may take this long to become visible (§19.16); then another one is made. */
const VISIBILITY_GRACE_MS = 30_000
const NOT_VISIBLE_DELAY_MS = 2_000

/**
 * Makes the draft of a purchase, or returns the one that is recorded for it. Safe to repeat: a lost reply can only
 * leave an unstarted draft behind, which is counted. What the draft looks like is told by the same GET that later
 * checks use: the reply to its creation may say another word for it, and a start would seem to have moved it.
 */
export function createVendorJob(deps: ActivityDependencies) {
  return activity(async (input: CreateVendorJobInput): Promise<VendorDraft> => {
    const key = { removalId: input.removalId, purchase: input.purchase }
    if (input.fresh && (await deps.ledger.vendorJobs.dropDraft(key))) {
      await countOrphanDraft(input.removalId, deps)
    }
    const { removal, job: recorded } = await openPurchaseOf(key, deps)
    const known = await recordedDraft(key, recorded, deps)
    if (known !== null && known.draftStatus === null)
      await deps.ledger.vendorJobs.recordDraftStatus(key, await statusOfRecorded(known, deps))
    const job = known ?? (await makeDraft(input, removal, deps))
    return { vendorJobId: job.vendorJobId, keyAlias: job.keyAlias }
  }, deps)
}

/** The draft of a purchase as the ledger has it; where it forgot the start of another one, that is its draft. */
async function recordedDraft(
  key: Purchase,
  recorded: VendorJobRecord | null,
  { ledger, storage, now }: ActivityDependencies,
): Promise<VendorJobRecord | null> {
  if (recorded !== null && (recorded.startIntendedAt ?? recorded.startedAt) !== null) return recorded
  const witness = await startWitnessOf(key, storage)
  if (witness === undefined || witness.vendorJobId === recorded?.vendorJobId) return recorded
  log.warn('the ledger forgot a start that the storage has kept, checking it', {
    vendorJobId: witness.vendorJobId,
  })
  await ledger.vendorJobs.dropDraft(key)
  const at = new Date(await now())
  return ledger.vendorJobs.recordDraft({ ...key, ...witness, startIntendedAt: at, createdAt: at })
}

async function makeDraft(
  input: CreateVendorJobInput,
  removal: RemovalRecord,
  deps: ActivityDependencies,
): Promise<VendorJobRecord> {
  const begun = performance.now()
  const videoUrl = removal.videoUrl ?? (await inputUrlOf(removal, deps.storage))
  if (videoUrl === null) throw new TypeError(`removal ${removal.id} has no video URL before its draft`)
  const prices = await deps.prices()
  const draft = await create(removal, videoUrl, input, deps)
  const leftMs = Math.floor(deps.settings.callTimeoutMs - (performance.now() - begun))
  const draftStatus = await statusWithin(leftMs, draft.id, removal.id, deps)
  const job = await deps.ledger.vendorJobs.recordDraft({
    removalId: input.removalId,
    purchase: input.purchase,
    vendorJobId: draft.id,
    keyAlias: deps.vendor.current.keyAlias,
    model: input.model,
    outputFormat: input.outputFormat,
    draftStatus: typeof draftStatus === 'string' ? draftStatus : null,
    requestIds: draft.requestId === null ? [] : [draft.requestId],
    estimatedMillicredits: input.estimatedMillicredits,
    creditsPerMinute: prices.table[input.model],
    priceVersion: prices.version,
    createdAt: new Date(await deps.now()),
  })
  if (typeof draftStatus === 'string') return job
  throw stillWaiting(
    `draft ${job.vendorJobId} is made, and not to be seen yet: ${draftStatus.message}`,
    NOT_VISIBLE_DELAY_MS,
    { because: draftStatus },
  )
}

/** What a new draft looks like, within what is left of the attempt's time; else why that cannot be had at once. */
async function statusWithin(
  leftMs: number,
  vendorJobId: string,
  removalId: string,
  deps: ActivityDependencies,
): Promise<string | RemovalFailure> {
  const { signal, ...options } = callOptions(removalId, deps)
  const soon = AbortSignal.any([
    ...(signal === undefined ? [] : [signal]),
    AbortSignal.timeout(Math.max(0, leftMs)),
  ])
  try {
    return (await deps.vendor.current.getJob(vendorJobId, { ...options, signal: soon })).status
  } catch (error) {
    // The draft is recorded first, whatever went wrong here: the next attempt asks again.
    return isRemovalFailure(error)
      ? error
      : new RemovalFailure(
          'VendorUnavailable',
          `draft ${vendorJobId}: no answer in what was left of the time`,
          {
            vendorJobId,
            cause: error,
          },
        )
  }
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
    if (isRemovalFailure(error) && error.facts.sendOutcome === 'in-doubt')
      await countOrphanDraft(removal.id, deps)
    throw error
  }
}

async function statusOfRecorded(job: VendorJobRecord, deps: ActivityDependencies): Promise<string> {
  try {
    const client = clientOf(job.keyAlias, deps.vendor, job.vendorJobId)
    return (await client.getJob(job.vendorJobId, callOptions(job.removalId, deps))).status
  } catch (error) {
    if (!isRemovalFailure(error) || error.kind !== 'JobNotVisible') throw error
    const message = `draft ${job.vendorJobId} is not visible: ${error.message}`
    if ((await deps.now()) - job.createdAt.getTime() < VISIBILITY_GRACE_MS)
      throw stillWaiting(message, NOT_VISIBLE_DELAY_MS, { because: error })
    // It costs nothing until it is started, and a start that cannot be checked must not be sent.
    if (await deps.ledger.vendorJobs.dropDraft(job)) await countOrphanDraft(job.removalId, deps)
    throw new RemovalFailure('VendorUnavailable', `${message}; the next attempt makes another`, {
      vendorJobId: job.vendorJobId,
      cause: error,
    })
  }
}

/** It costs nothing, and nobody will start it. */
async function countOrphanDraft(
  removalId: string,
  { ledger, metrics }: Pick<ActivityDependencies, 'ledger' | 'metrics'>,
): Promise<void> {
  await ledger.removals.countOrphanDraft(removalId)
  metrics.count('matteflow_orphan_drafts', {})
}
