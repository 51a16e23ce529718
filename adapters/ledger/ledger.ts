import { creditEntries } from './credit-entries.ts'
import { failureFromDatabase } from './errors.ts'
import type { Database } from './open-database.ts'
import { parkRecords } from './park-records.ts'
import { purchaseReview } from './purchase-review.ts'
import { removalRecords } from './removal-records.ts'
import { startRecords } from './start-records.ts'
import { vendorJobRecords } from './vendor-job-records.ts'

/**
 * The truth about what was meant and what it cost. A database that does not answer shows as
 * `PlatformUnavailable`, whichever question was asked.
 */
export interface Ledger {
  removals: ReturnType<typeof removalRecords>
  vendorJobs: ReturnType<typeof vendorJobRecords> & ReturnType<typeof startRecords>
  credits: ReturnType<typeof creditEntries> & ReturnType<typeof purchaseReview>
  parks: ReturnType<typeof parkRecords>
}

/** The ledger over a migrated database. */
export function createLedger(database: Database): Ledger {
  return {
    removals: translated(removalRecords(database)),
    vendorJobs: translated({ ...vendorJobRecords(database), ...startRecords(database) }),
    credits: translated({ ...creditEntries(database), ...purchaseReview(database) }),
    parks: translated(parkRecords(database)),
  }
}

type Question = (...args: never[]) => Promise<unknown>

function translated<Records extends Record<string, Question>>(records: Records): Records {
  const entries = Object.entries(records).map(([name, ask]) => [
    name,
    async (...args: never[]) => {
      try {
        return await ask(...args)
      } catch (error) {
        throw failureFromDatabase(error, name)
      }
    },
  ])
  return Object.fromEntries(entries) as Records
}
