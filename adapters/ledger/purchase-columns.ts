import type { SQL } from 'drizzle-orm'
import { and, eq, sql } from 'drizzle-orm'
import type { NewVendorJobRecord, Purchase } from './rows.ts'
import { vendorJobs } from './schema.ts'

/** Column values of an update of a purchase, as values or as expressions. */
export type PurchaseChange = { [Column in keyof NewVendorJobRecord]?: NewVendorJobRecord[Column] | SQL }

/** The row of one purchase. */
export function isPurchase({ removalId, purchase }: Purchase): SQL | undefined {
  return and(eq(vendorJobs.removalId, removalId), eq(vendorJobs.purchase, purchase))
}

/** Each of the vendor's request ids is kept once. */
export function withRequestId(requestId: string | null): { requestIds?: SQL } {
  if (requestId === null) return {}
  const { requestIds } = vendorJobs
  return {
    requestIds: sql`case when ${requestId} = any(${requestIds}) then ${requestIds} else array_append(${requestIds}, ${requestId}) end`,
  }
}
