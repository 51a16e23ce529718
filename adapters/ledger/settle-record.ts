import { and, asc, eq } from 'drizzle-orm'
import { chargeOf } from '../../domain/charge.ts'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import type { Model, OutputFormat } from '../../domain/request-values.ts'
import type { ClosingOfPurchase } from './credit-entries.ts'
import { postClosings } from './credit-entries.ts'
import { deletionRecords } from './deletion-records.ts'
import type { RemovalEnd } from './document-from-record.ts'
import { documentFromRecord } from './document-from-record.ts'
import type { Database } from './open-database.ts'
import type { RemovalRecord, VendorJobRecord } from './rows.ts'
import { ledgerEntries, removals, vendorJobs } from './schema.ts'
import { endedJobOf, hasSpent } from './vendor-job-records.ts'

/** What a removal ended as. */
export interface SettledRecord {
  document: RemovalDocument
  jobs: VendorJobRecord[]
  /** False where the record was closed before: then this is the document that it has. */
  isNew: boolean
  /** An unfinished removal was given a file of its staged input as its own. */
  isInputShared: boolean
  /** What was posted. */
  closings: readonly ClosingOfPurchase[]
}

/**
 * Ends a removal in one transaction: posts what became of each of its purchases, and closes the record with its final
 * document, for good. Settled is what has ended, at what the vendor took; released is what was never started. A job
 * that still runs, or may, keeps its reservation, which `reconcile` settles. Undefined where nothing was recorded.
 */
export async function settleRecord(
  database: Database,
  id: string,
  end: RemovalEnd,
): Promise<SettledRecord | undefined> {
  return database.transaction(async (transaction) => {
    // An attempt that is about to send a start waits for this end, and finds the record closed.
    const [record] = await transaction.select().from(removals).where(eq(removals.id, id)).for('no key update')
    if (record === undefined) return undefined
    const jobs = await transaction
      .select()
      .from(vendorJobs)
      .where(eq(vendorJobs.removalId, id))
      .orderBy(asc(vendorJobs.purchase))
    const readers = await deletionRecords(transaction).readersOf(id, [`inputs/${id}`])
    const isInputShared = readers.length > 0
    if (record.document !== null)
      return { document: record.document, jobs, isNew: false, isInputShared, closings: [] }
    const reserved = await transaction
      .select()
      .from(ledgerEntries)
      .where(and(eq(ledgerEntries.removalId, id), eq(ledgerEntries.account, 'reserved')))
      .orderBy(asc(ledgerEntries.purchase))
    const closings = closingsOf(record, jobs, reserved, end.finishedAt)
    await postClosings(transaction, closings)
    const document = documentFromRecord(record, jobs, end)
    const collected = transaction.$with('collected').as(
      transaction
        .update(vendorJobs)
        .set({ collected: true })
        .where(and(eq(vendorJobs.removalId, id), eq(vendorJobs.purchase, end.served?.purchase ?? 0)))
        .returning({ purchase: vendorJobs.purchase }),
    )
    await transaction
      .with(collected)
      .update(removals)
      .set({
        document,
        finalStatus: document.state,
        failureKind: document.failure?.kind ?? null,
        closedAt: end.finishedAt,
      })
      .where(eq(removals.id, id))
    return { document, jobs, isNew: true, isInputShared, closings }
  })
}

type ReservedEntry = typeof ledgerEntries.$inferSelect

function closingsOf(
  { id: removalId, project }: RemovalRecord,
  jobs: readonly VendorJobRecord[],
  reserved: readonly ReservedEntry[],
  at: Date,
): ClosingOfPurchase[] {
  const isClosed = (purchase: number) =>
    reserved.some((entry) => entry.purchase === purchase && entry.kind !== 'reserve')
  return reserved
    .filter(({ purchase }) => !isClosed(purchase))
    .flatMap(({ purchase, model, outputFormat, amountMillicredits: heldMillicredits }) => {
      const job = jobs.find((candidate) => candidate.purchase === purchase)
      const outcome = outcomeOf(job)
      if (outcome === null) return []
      const { reason, ...closing } = outcome
      const variant = { model: model as Model, outputFormat: outputFormat as OutputFormat }
      return [
        { ...closing, heldMillicredits, posting: { removalId, purchase, project, variant, reason, at } },
      ]
    })
}

/** Null for a job that still runs, or may: a start in doubt counts as spent until shown otherwise. */
function outcomeOf(
  job: VendorJobRecord | undefined,
): (Pick<ClosingOfPurchase, 'kind' | 'chargedMillicredits'> & { reason: string }) | null {
  if (job === undefined) return { kind: 'release', chargedMillicredits: 0, reason: 'no vendor job was made' }
  const name = `vendor job ${job.vendorJobId}`
  if (!hasSpent(job)) return { kind: 'release', chargedMillicredits: 0, reason: `${name} was not started` }
  const ended = endedJobOf(job)
  if (ended === null) return null
  const { amountMillicredits, why } = chargeOf(ended)
  return {
    kind: 'settle',
    chargedMillicredits: amountMillicredits,
    reason: `${name} ${ended.status}: ${why}`,
  }
}
