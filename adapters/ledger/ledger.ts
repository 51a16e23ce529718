import type { Balances } from './balance-records.ts'
import { balanceRecords } from './balance-records.ts'
import type { CreditEntries, OnMoved } from './credit-entries.ts'
import { creditEntries } from './credit-entries.ts'
import type { DeletionRows } from './deletion-records.ts'
import { deletionRecords } from './deletion-records.ts'
import { failureFromDatabase } from './errors.ts'
import type { Database } from './open-database.ts'
import type { ParkRows } from './park-records.ts'
import { parkRecords } from './park-records.ts'
import type { PurchaseReview } from './purchase-review.ts'
import { purchaseReview } from './purchase-review.ts'
import type { ReadinessRows } from './readiness-records.ts'
import { readinessRecords } from './readiness-records.ts'
import type { RemovalRows } from './removal-records.ts'
import { removalRecords } from './removal-records.ts'
import type { StartRows } from './start-records.ts'
import { startRecords } from './start-records.ts'
import type { UploadLocks } from './upload-locks.ts'
import { uploadLockRecords } from './upload-locks.ts'
import type { VendorJobRows } from './vendor-job-records.ts'
import { vendorJobRecords } from './vendor-job-records.ts'
import type { DeliveryRows } from './webhook-deliveries.ts'
import { deliveryRecords } from './webhook-deliveries.ts'
import type { EndpointRows } from './webhook-endpoints.ts'
import { endpointRecords } from './webhook-endpoints.ts'
import type { WorkerRows } from './worker-records.ts'
import { workerRecords } from './worker-records.ts'

/**
 * The truth about what was meant and what it cost. A database that does not answer shows as
 * `PlatformUnavailable`, whichever question was asked.
 */
export interface Ledger {
  removals: RemovalRows
  vendorJobs: VendorJobRows & StartRows
  credits: CreditEntries & Balances & PurchaseReview
  parks: ParkRows
  deletions: DeletionRows
  webhooks: EndpointRows & DeliveryRows
  uploadLocks: UploadLocks
  workers: WorkerRows
  readiness: ReadinessRows
}

/** What is told to whoever measures a ledger. */
export interface LedgerListeners {
  /** Every question: which records it was about, and how long the answer took. */
  onQuestion?(question: { records: keyof Ledger; durationMs: number; outcome: 'ok' | 'failed' }): void
  /** Credits that moved. */
  onMoved?: OnMoved
}

/** The ledger over a migrated database. */
export function createLedger(
  database: Database,
  { onQuestion = () => {}, onMoved }: LedgerListeners = {},
): Ledger {
  const asked = <Records extends { [Name in keyof Records]: Question }>(
    name: keyof Ledger,
    records: Records,
  ): Records =>
    translated(records, ({ durationMs, outcome }) => onQuestion({ records: name, durationMs, outcome }))
  return {
    removals: asked('removals', removalRecords(database, onMoved)),
    vendorJobs: asked('vendorJobs', { ...vendorJobRecords(database), ...startRecords(database) }),
    credits: asked('credits', {
      ...creditEntries(database, onMoved),
      ...balanceRecords(database),
      ...purchaseReview(database),
    }),
    parks: asked('parks', parkRecords(database)),
    uploadLocks: asked('uploadLocks', uploadLockRecords(database)),
    workers: asked('workers', workerRecords(database)),
    readiness: asked('readiness', readinessRecords(database)),
    deletions: asked('deletions', deletionRecords(database)),
    webhooks: asked('webhooks', { ...endpointRecords(database), ...deliveryRecords(database) }),
  }
}

type Question = (...args: never[]) => Promise<unknown>

function translated<Records extends { [Name in keyof Records]: Question }>(
  records: Records,
  onAsked: (question: { durationMs: number; outcome: 'ok' | 'failed' }) => void,
): Records {
  const entries = Object.entries<Question>(records).map(([name, ask]) => [
    name,
    async (...args: never[]) => {
      const begun = performance.now()
      let outcome: 'ok' | 'failed' = 'ok'
      try {
        return await ask(...args)
      } catch (error) {
        outcome = 'failed'
        throw failureFromDatabase(error, name)
      } finally {
        onAsked({ durationMs: performance.now() - begun, outcome })
      }
    },
  ])
  return Object.fromEntries(entries) as Records
}
