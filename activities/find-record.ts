import type { RemovalRecord } from '../ledger/removal-records.ts'
import type { Purchase, VendorJobRecord } from '../ledger/vendor-job-records.ts'
import type { ActivityDependencies } from './dependencies.ts'

/** The record of an admitted removal. */
export async function removalRecordOf(
  removalId: string,
  { books }: Pick<ActivityDependencies, 'books'>,
): Promise<RemovalRecord> {
  const record = await books.removals.find(removalId)
  if (record === undefined) throw new TypeError(`removal ${removalId} is not in the books`)
  return record
}

/** The record of a purchase whose draft was made. */
export async function vendorJobRecordOf(
  purchase: Purchase,
  { books }: Pick<ActivityDependencies, 'books'>,
): Promise<VendorJobRecord> {
  const record = await books.vendorJobs.find(purchase)
  if (record === undefined)
    throw new TypeError(`purchase ${purchase.purchase} of removal ${purchase.removalId} is not in the books`)
  return record
}
