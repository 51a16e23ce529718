import type { removals, vendorJobs } from './schema.ts'

/** A removal as the ledger keeps it. */
export type RemovalRecord = typeof removals.$inferSelect
export type NewRemovalRecord = typeof removals.$inferInsert

/** A purchase as the ledger keeps it, from its draft on. */
export type VendorJobRecord = typeof vendorJobs.$inferSelect
export type NewVendorJobRecord = typeof vendorJobs.$inferInsert

/** One intended start: the removal and the number of the purchase within it. */
export interface Purchase {
  removalId: string
  purchase: number
}

/** A purchase, and the vendor job that was drafted for it. */
export interface DraftedPurchase extends Purchase {
  vendorJobId: string
}
