import type { SQL } from 'drizzle-orm'
import { and, asc, eq, isNull, lt, sql } from 'drizzle-orm'
import type { EndedJob } from '../../domain/charge.ts'
import type { KeptFile } from '../../domain/removal-document.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { Model } from '../../domain/request-values.ts'
import type { StartRecord } from '../../domain/start-decision.ts'
import type { Database } from './open-database.ts'
import type { NewVendorJobRecord, Purchase, RemovalRecord, VendorJobRecord } from './rows.ts'
import { removals, vendorJobs } from './schema.ts'

export type { NewVendorJobRecord, Purchase, VendorJobRecord }

/** A draft that shows one of these was started by somebody: it needs no start, and would bill again for one. */
export const RUNNING_STATUSES: readonly string[] = ['processing', 'completed', 'failed']

/** A purchase, and the vendor job that was drafted for it. */
export interface DraftedPurchase extends Purchase {
  vendorJobId: string
}

/** A purchase as it is before its start is sent, and whether this call is the one that may send it. */
export interface IntendedStart {
  job: VendorJobRecord
  removal: RemovalRecord
  /** This call has committed the intent; false where an earlier one did, or where nothing is to be sent. */
  isIntended: boolean
}

/** What the vendor said of a job that has ended. */
export type VendorJobEnd = Pick<
  NewVendorJobRecord,
  'finalStatus' | 'error' | 'durationSeconds' | 'billingStatus' | 'chargedMillicredits' | 'finishedAt'
> & {
  /** Of the reply that said so; kept for the vendor's support. */
  requestId?: string | null
  /** A job that has ended was started, also where the ledger has not heard of it. */
  startedAt?: Date
}

/** The ledger's rows about vendor jobs, with the intents that make every purchase happen once. */
export function vendorJobRecords(database: Database) {
  const one = (key: Purchase) =>
    and(eq(vendorJobs.removalId, key.removalId), eq(vendorJobs.purchase, key.purchase))
  const change = async (key: Purchase, values: Change): Promise<void> => {
    await database.update(vendorJobs).set(values).where(one(key))
  }
  const find = async (key: Purchase): Promise<VendorJobRecord | undefined> => {
    const [record] = await database.select().from(vendorJobs).where(one(key))
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

    /** A removal with the job of one of its purchases, null where none was drafted; undefined for no such removal. */
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

    /**
     * Records a draft; when another attempt was first, its draft is the one that counts. `ContractViolation` for a
     * job id that another purchase has: the vendor has given it a second time.
     */
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

    /** Forgets an unstarted draft, so that a fresh one can take its place; a draft with any intent stays. */
    async dropDraft(key: Purchase): Promise<boolean> {
      const dropped = await database
        .delete(vendorJobs)
        .where(and(one(key), isNull(vendorJobs.startIntendedAt), isNull(vendorJobs.startedAt)))
        .returning({ purchase: vendorJobs.purchase })
      return dropped.length === 1
    },

    /**
     * Commits "this attempt is about to send the start", in one statement with everything that forbids it: an earlier
     * intent, a start that is established, a record that is closed, a draft that is seen running already. Undefined
     * where the ledger has no such purchase.
     */
    async intendStart(
      { removalId, purchase, vendorJobId }: DraftedPurchase,
      at: Date,
    ): Promise<IntendedStart | undefined> {
      const isThis = and(one({ removalId, purchase }), eq(vendorJobs.vendorJobId, vendorJobId))
      // A transaction that closes the record holds this row until it is committed; this statement waits for it and then
      // finds the record closed.
      const open = database.$with('open').as(
        database
          .select({ id: removals.id })
          .from(removals)
          .where(and(eq(removals.id, removalId), isNull(removals.document)))
          .for('share'),
      )
      const intended = database.$with('intended').as(
        database
          .update(vendorJobs)
          .set({ startIntendedAt: at, startInDoubtAt: null, startRepeatedAt: null })
          .where(
            and(
              isThis,
              isNull(vendorJobs.startIntendedAt),
              isNull(vendorJobs.startedAt),
              sql`not (coalesce(${vendorJobs.draftStatus}, '') = any (${textArray(RUNNING_STATUSES)}))`,
              sql`exists (select from open)`,
            ),
          )
          .returning({ purchase: vendorJobs.purchase }),
      )
      const [found] = await database
        .with(open, intended)
        .select({
          removal: removals,
          job: vendorJobs,
          isIntended: sql<boolean>`exists (select from intended)`,
        })
        .from(vendorJobs)
        .innerJoin(removals, eq(removals.id, vendorJobs.removalId))
        .where(isThis)
      return found
    },

    /** Commits "the one allowed repeat is about to be sent". False when it was sent before, or the record is closed. */
    async intendRepeat(key: Purchase, at: Date): Promise<boolean> {
      const open = database.$with('open').as(
        database
          .select({ id: removals.id })
          .from(removals)
          .where(and(eq(removals.id, key.removalId), isNull(removals.document)))
          .for('share'),
      )
      const intended = await database
        .with(open)
        .update(vendorJobs)
        .set({ startRepeatedAt: at })
        .where(and(one(key), isNull(vendorJobs.startRepeatedAt), sql`exists (select from open)`))
        .returning({ purchase: vendorJobs.purchase })
      return intended.length === 1
    },

    /** The send ended without a clear answer. */
    recordDoubt: (key: Purchase, at: Date, requestId: string | null = null) =>
      change(key, { startInDoubtAt: at, ...withRequestId(requestId) }),

    /** The vendor accepted the start. */
    recordStarted: (key: Purchase, at: Date, requestId: string | null = null) =>
      change(key, { startedAt: at, ...withRequestId(requestId) }),

    /**
     * The send that was intended at this moment certainly had no effect: it never left, or the vendor refused it.
     * Changes nothing where an attempt that came later has sent its own meanwhile.
     */
    async withdrawIntent(key: Purchase, intendedAt: Date, requestId: string | null = null): Promise<void> {
      const { startIntendedAt, startRepeatedAt } = vendorJobs
      await database
        .update(vendorJobs)
        .set({ startIntendedAt: null, startInDoubtAt: null, ...withRequestId(requestId) })
        .where(and(one(key), eq(startIntendedAt, intendedAt), isNull(startRepeatedAt)))
    },

    /** The same for the one allowed repeat: it may be sent later, and the doubt about the first send stays. */
    async withdrawRepeat(key: Purchase, repeatedAt: Date, requestId: string | null = null): Promise<void> {
      await database
        .update(vendorJobs)
        .set({ startRepeatedAt: null, ...withRequestId(requestId) })
        .where(and(one(key), eq(vendorJobs.startRepeatedAt, repeatedAt)))
    },

    /**
     * Applies a person's answer about an unknown outcome once: an activity that is repeated, or an older answer,
     * changes nothing. Answers are numbered by the moment of the park that asked.
     */
    async applyAnswer(
      key: Purchase,
      answer: { number: number; as: 'started' | 'not-started' },
      at: Date,
    ): Promise<void> {
      const effect =
        answer.as === 'started'
          ? { startedAt: at }
          : { startIntendedAt: null, startInDoubtAt: null, startRepeatedAt: null }
      await database
        .update(vendorJobs)
        .set({ ...effect, startAnswer: answer.number })
        .where(and(one(key), lt(vendorJobs.startAnswer, answer.number), isNull(vendorJobs.startedAt)))
    },

    /** Keeps one of the vendor's request ids, for its support. */
    async addRequestId(key: Purchase, requestId: string | null): Promise<void> {
      if (requestId !== null) await change(key, withRequestId(requestId))
    },

    /** The vendor's last word about a job, safe to repeat, and the record with it; undefined where there is none. */
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
        .where(and(one({ removalId, purchase }), eq(vendorJobs.vendorJobId, vendorJobId)))
        .returning()
      return record
    },

    recordRefused: (key: Purchase, refusedOutput: KeptFile) => change(key, { refusedOutput }),
  }
}

/** Column values of an update, as values or as expressions. */
type Change = { [Column in keyof NewVendorJobRecord]?: NewVendorJobRecord[Column] | SQL }

/** Each of the vendor's request ids is kept once. */
function withRequestId(requestId: string | null): { requestIds?: SQL } {
  if (requestId === null) return {}
  const { requestIds } = vendorJobs
  return {
    requestIds: sql`case when ${requestId} = any(${requestIds}) then ${requestIds} else array_append(${requestIds}, ${requestId}) end`,
  }
}

function textArray(texts: readonly string[]): SQL {
  return sql`array[${sql.join(
    texts.map((text) => sql`${text}`),
    sql`, `,
  )}]::text[]`
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

/** The part of a record that decides about a start. */
export function startRecordOf(record: VendorJobRecord): StartRecord {
  return {
    draftStatus: record.draftStatus,
    intendedAt: record.startIntendedAt?.getTime() ?? null,
    inDoubtAt: record.startInDoubtAt?.getTime() ?? null,
    repeatedAt: record.startRepeatedAt?.getTime() ?? null,
    startedAt: record.startedAt?.getTime() ?? null,
  }
}
