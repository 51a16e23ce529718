import type { SQL } from 'drizzle-orm'
import { and, eq, sql } from 'drizzle-orm'
import type { Database } from './open-database.ts'
import type { NewVendorJobRecord, Purchase } from './rows.ts'
import { vendorJobs } from './schema.ts'

/** Column values of an update of a purchase, as values or as expressions. */
export type PurchaseChange = { [Column in keyof NewVendorJobRecord]?: NewVendorJobRecord[Column] | SQL }

/** The row of one purchase. */
export function isPurchase({ removalId, purchase }: Purchase): SQL | undefined {
  return and(eq(vendorJobs.removalId, removalId), eq(vendorJobs.purchase, purchase))
}

export async function changePurchase(
  database: Database,
  key: Purchase,
  values: PurchaseChange,
): Promise<void> {
  await database.update(vendorJobs).set(values).where(isPurchase(key))
}

/** Each of the vendor's request ids is kept once. */
export function withRequestId(requestId: string | null): { requestIds?: SQL } {
  if (requestId === null) return {}
  const { requestIds } = vendorJobs
  return {
    requestIds: sql`case when ${requestId} = any(${requestIds}) then ${requestIds} else array_append(${requestIds}, ${requestId}) end`,
  }
}

/** A moment as epoch milliseconds: what a raw query gives for a timestamp depends on the driver. */
export function epochMs(moment: SQL): SQL {
  return sql`(extract(epoch from ${moment}) * 1000)::double precision`
}

/** Drivers give 64-bit integers as text. */
export function numberOrNull(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value)
}
