import type { RemovalRecord } from '../adapters/ledger/removal-records.ts'
import type { Purchase, VendorJobRecord } from '../adapters/ledger/vendor-job-records.ts'
import { RemovalFailure } from '../domain/removal-failure.ts'
import type { ActivityDependencies } from './dependencies.ts'

/** A purchase, and the vendor job that the workflow knows it by. */
export interface PurchasedJob extends Purchase {
  vendorJobId: string
}

/** The record of an admitted removal. */
export async function removalRecordOf(
  removalId: string,
  { ledger }: Pick<ActivityDependencies, 'ledger'>,
): Promise<RemovalRecord> {
  const record = await ledger.removals.find(removalId)
  if (record === undefined) throw recordsLost(`removal ${removalId} is not in the books`)
  return record
}

/** The record of a purchase whose draft was made. */
export async function vendorJobRecordOf(
  { vendorJobId, ...purchase }: PurchasedJob,
  { ledger }: Pick<ActivityDependencies, 'ledger'>,
): Promise<VendorJobRecord> {
  const record = await ledger.vendorJobs.find(purchase)
  if (record?.vendorJobId === vendorJobId) return record
  const { removalId, purchase: number } = purchase
  throw recordsLost(
    `vendor job ${vendorJobId}, purchase ${number} of removal ${removalId}, is not in the books`,
  )
}

/** Only a ledger that was restored from a backup lacks what the workflow has seen in it: the workflow records it anew. */
function recordsLost(message: string): RemovalFailure {
  return new RemovalFailure('PlatformUnavailable', message, { recordsLost: true, isLast: true })
}
