import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import type { EndedJob } from '../../domain/charge.ts'
import type { KeptFile } from '../../domain/removal-document.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { Model } from '../../domain/request-values.ts'
import type { Database } from './open-database.ts'
import type { PurchaseChange } from './row-queries.ts'
import { changePurchase, isPurchase, withRequestId } from './row-queries.ts'
import type { DraftedPurchase, NewVendorJobRecord, Purchase, RemovalRecord, VendorJobRecord } from './rows.ts'
import { removals, vendorJobs } from './schema.ts'

/** What the vendor said of a job that has ended. */
type VendorJobEnd = Pick<
  NewVendorJobRecord,
  'finalStatus' | 'error' | 'durationSeconds' | 'billingStatus' | 'chargedMillicredits' | 'finishedAt'
> & {
  /** Of the reply that said so; kept for the vendor's support. */
  requestId?: string | null
  /** A job that has ended was started, also where the ledger has not heard of it. */
  startedAt?: Date
}

/** The ledger's rows about vendor jobs: their drafts, and how they ended. */
export interface VendorJobRows {
  find: (key: Purchase) => Promise<VendorJobRecord | undefined>
  all(removalId: string): Promise<VendorJobRecord[]>
  /** A removal with the job of one of its purchases, null where none was drafted; undefined for no such removal. */
  withRemoval(key: Purchase): Promise<
    | {
        removal: RemovalRecord
        job: VendorJobRecord | null
      }
    | undefined
  >
  /**
   * Records a draft; when another attempt was first, its draft is the one that counts. `ContractViolation` for a
   * job id that another purchase has: the vendor has given it a second time.
   */
  recordDraft(entry: NewVendorJobRecord): Promise<VendorJobRecord>
  recordDraftStatus: (key: Purchase, draftStatus: string) => Promise<void>
  /** Forgets an unstarted draft, so that a fresh one can take its place; a draft with any intent stays. */
  dropDraft(key: Purchase): Promise<boolean>
  /** Keeps one of the vendor's request ids, for its support. */
  addRequestId(key: Purchase, requestId: string | null): Promise<void>
  /** The vendor's last word about a job, safe to repeat, and the record with it; undefined where there is none. */
  recordEnd(purchase: DraftedPurchase, end: VendorJobEnd): Promise<VendorJobRecord | undefined>
  recordRefused: (key: Purchase, refusedOutput: KeptFile) => Promise<void>
}

/** Those of one database. */
export function vendorJobRecords(database: Database): VendorJobRows {
  const change = (key: Purchase, values: PurchaseChange) => changePurchase(database, key, values)
  const find = async (key: Purchase): Promise<VendorJobRecord | undefined> => {
    const [record] = await database.select().from(vendorJobs).where(isPurchase(key))
    return record
  }
  return {
    find,

    async all(removalId: string): Promise<VendorJobRecord[]> {
      return database
        .select()
        .from(vendorJobs)
        .where(eq(vendorJobs.removalId, removalId))
        .orderBy(asc(vendorJobs.purchase))
    },

    async withRemoval({
      removalId,
      purchase,
    }: Purchase): Promise<{ removal: RemovalRecord; job: VendorJobRecord | null } | undefined> {
      const [found] = await database
        .select({ removal: removals, job: vendorJobs })
        .from(removals)
        .leftJoin(vendorJobs, and(eq(vendorJobs.removalId, removals.id), eq(vendorJobs.purchase, purchase)))
        .where(eq(removals.id, removalId))
      return found
    },

    async recordDraft(entry: NewVendorJobRecord): Promise<VendorJobRecord> {
      const [recorded] = await database.insert(vendorJobs).values(entry).onConflictDoNothing().returning()
      const record = recorded ?? (await find(entry))
      if (record !== undefined) return record
      const [other] = await database
        .select()
        .from(vendorJobs)
        .where(eq(vendorJobs.vendorJobId, entry.vendorJobId))
      throw givenTwice(entry, other)
    },

    recordDraftStatus: (key: Purchase, draftStatus: string) => change(key, { draftStatus }),

    async dropDraft(key: Purchase): Promise<boolean> {
      const dropped = await database
        .delete(vendorJobs)
        .where(and(isPurchase(key), isNull(vendorJobs.startIntendedAt), isNull(vendorJobs.startedAt)))
        .returning({ purchase: vendorJobs.purchase })
      return dropped.length === 1
    },

    async addRequestId(key: Purchase, requestId: string | null): Promise<void> {
      if (requestId !== null) await change(key, withRequestId(requestId))
    },

    async recordEnd(
      { removalId, purchase, vendorJobId }: DraftedPurchase,
      { requestId = null, startedAt, ...end }: VendorJobEnd,
    ): Promise<VendorJobRecord | undefined> {
      const [record] = await database
        .update(vendorJobs)
        .set({
          ...end,
          ...withRequestId(requestId),
          ...(startedAt !== undefined && { startedAt: sql`coalesce(${vendorJobs.startedAt}, ${startedAt})` }),
        })
        .where(and(isPurchase({ removalId, purchase }), eq(vendorJobs.vendorJobId, vendorJobId)))
        .returning()
      return record
    },

    recordRefused: (key: Purchase, refusedOutput: KeptFile) => change(key, { refusedOutput }),
  }
}

function givenTwice(
  { vendorJobId, removalId, purchase }: NewVendorJobRecord,
  other: VendorJobRecord | undefined,
): RemovalFailure {
  const holder =
    other === undefined ? 'another purchase' : `purchase ${other.purchase} of removal ${other.removalId}`
  return new RemovalFailure(
    'ContractViolation',
    `draft for purchase ${purchase} of removal ${removalId}: the vendor gave it the job id ${vendorJobId}, which ${holder} has`,
    {
      vendorJobId,
      hint: 'Ask the vendor whether its job ids start anew; nothing was started. Where REMOVEBGVIDEO_BASE_URL names a sandbox that was emptied, use a ledger of its own with it.',
    },
  )
}

/** Whether a start went out: one in doubt counts as spent until shown otherwise. */
export function hasSpent({ startedAt, startIntendedAt }: VendorJobRecord): boolean {
  return startedAt !== null || startIntendedAt !== null
}

/** What is recorded of a job's end, as its charge follows from it; null for a job that has not ended. */
export function endedJobOf(job: VendorJobRecord): EndedJob | null {
  const { finalStatus: status, creditsPerMinute, estimatedMillicredits, durationSeconds, billingStatus } = job
  if (status === null) return null
  const model = job.model as Model
  return { model, creditsPerMinute, estimatedMillicredits, status, durationSeconds, billingStatus }
}
