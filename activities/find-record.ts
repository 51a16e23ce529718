import type { Purchase, RemovalRecord, VendorJobRecord } from '../adapters/ledger/rows.ts'
import { RemovalFailure } from '../domain/removal-failure.ts'
import type { ActivityDependencies } from './dependencies.ts'

/** A purchase, and the vendor job that the workflow knows it by. */
export interface PurchasedJob extends Purchase {
  vendorJobId: string
}

/**
 * What does not change of a vendor job any more, or was told with its end. The activity that learns it hands it to the
 * next by way of the workflow, so that the ledger is not asked again; without it, as in histories of earlier releases
 * and after a continue-as-new, the ledger answers.
 */
export interface KnownJob
  extends Pick<
    VendorJobRecord,
    | 'keyAlias'
    | 'model'
    | 'outputFormat'
    | 'draftStatus'
    | 'creditsPerMinute'
    | 'estimatedMillicredits'
    | 'durationSeconds'
    | 'requestIds'
  > {
  startedAtMs: number | null
}

/** The vendor job of a purchase, as it was handed on or else as the ledger has it. */
export async function knownJobOf(
  { removalId, purchase, vendorJobId, job }: PurchasedJob & { job?: KnownJob | undefined },
  deps: Pick<ActivityDependencies, 'ledger'>,
): Promise<KnownJob & PurchasedJob> {
  const key = { removalId, purchase, vendorJobId }
  return { ...key, ...(job ?? knownJobFrom(await vendorJobRecordOf(key, deps))) }
}

/** What is handed on of a record. */
export function knownJobFrom(record: VendorJobRecord): KnownJob {
  const { keyAlias, model, outputFormat, draftStatus, creditsPerMinute, estimatedMillicredits } = record
  const { durationSeconds, requestIds, startedAt } = record
  return {
    ...{ keyAlias, model, outputFormat, draftStatus, creditsPerMinute, estimatedMillicredits },
    ...{ durationSeconds, requestIds, startedAtMs: startedAt?.getTime() ?? null },
  }
}

/** The open record of an admitted removal: nothing that costs is done for a closed one. */
export async function openRecordOf(
  removalId: string,
  { ledger }: Pick<ActivityDependencies, 'ledger'>,
): Promise<RemovalRecord> {
  const record = await ledger.removals.find(removalId)
  if (record === undefined || record.document !== null) throw startingOver(removalId)
  return record
}

/** The open record of a removal, with the job of one of its purchases; null where none was drafted. */
export async function openPurchaseOf(
  purchase: Purchase,
  { ledger }: Pick<ActivityDependencies, 'ledger'>,
): Promise<{ removal: RemovalRecord; job: VendorJobRecord | null }> {
  const found = await ledger.vendorJobs.withRemoval(purchase)
  if (found === undefined || found.removal.document !== null) throw startingOver(purchase.removalId)
  return found
}

/** The record of a purchase whose draft was made. */
async function vendorJobRecordOf(
  { vendorJobId, ...purchase }: PurchasedJob,
  { ledger }: Pick<ActivityDependencies, 'ledger'>,
): Promise<VendorJobRecord> {
  const record = await ledger.vendorJobs.find(purchase)
  if (record?.vendorJobId === vendorJobId) return record
  const { removalId, purchase: number } = purchase
  throw jobLost({ vendorJobId, removalId, purchase: number })
}

/** The vendor job that the workflow goes by is not in the ledger. */
export function jobLost({ vendorJobId, removalId, purchase }: PurchasedJob): RemovalFailure {
  return recordsLost(
    `vendor job ${vendorJobId}, purchase ${purchase} of removal ${removalId}, is not in the ledger`,
  )
}

/**
 * The ledger is not as the workflow has left it. Its record is gone, in a ledger that was restored from a backup: the
 * workflow begins again and records it anew. Or its record is closed, of a workflow that was reset to a moment before
 * its end: it begins again as well, and its admission answers with the recorded document.
 */
export function startingOver(removalId: string): RemovalFailure {
  return recordsLost(`removal ${removalId} has no open record in the ledger`)
}

function recordsLost(message: string): RemovalFailure {
  return new RemovalFailure('PlatformUnavailable', message, { recordsLost: true, isLast: true })
}
