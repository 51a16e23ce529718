import { asc, eq } from 'drizzle-orm'
import { failureFromDatabase } from './errors.ts'
import type { Database } from './open-database.ts'
import { ledgerEntries, parks, removals, vendorJobs } from './schema.ts'

/** Everything that the ledger holds of one removal, as it lies there; `removal` is null where it holds nothing. */
export async function rowsOfRemoval(database: Database, id: string) {
  try {
    const [removal = null] = await database.select().from(removals).where(eq(removals.id, id))
    return {
      removal,
      vendorJobs: await database
        .select()
        .from(vendorJobs)
        .where(eq(vendorJobs.removalId, id))
        .orderBy(asc(vendorJobs.purchase)),
      entries: await database
        .select()
        .from(ledgerEntries)
        .where(eq(ledgerEntries.removalId, id))
        .orderBy(asc(ledgerEntries.id)),
      parks: await database.select().from(parks).where(eq(parks.removalId, id)).orderBy(asc(parks.parkedAt)),
    }
  } catch (error) {
    throw failureFromDatabase(error, 'export')
  }
}
