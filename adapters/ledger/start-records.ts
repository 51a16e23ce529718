import type { SQL } from 'drizzle-orm'
import { and, eq, isNull, lt, sql } from 'drizzle-orm'
import type { StartRecord } from '../../domain/start-decision.ts'
import type { Database } from './open-database.ts'
import type { PurchaseChange } from './row-queries.ts'
import { changePurchase, isPurchase, withRequestId } from './row-queries.ts'
import type { DraftedPurchase, Purchase, RemovalRecord, VendorJobRecord } from './rows.ts'
import { removals, vendorJobs } from './schema.ts'

/** A draft that shows one of these was started by somebody: it needs no start, and would bill again for one. */
export const RUNNING_STATUSES: readonly string[] = ['processing', 'completed', 'failed']

/** A purchase as it is before its start is sent, and whether this call is the one that may send it. */
interface IntendedStart {
  job: VendorJobRecord
  removal: RemovalRecord
  /** This call has committed the intent; false where an earlier one did, or where nothing is to be sent. */
  isIntended: boolean
}

/** What the ledger keeps of starts: the intents that make every purchase happen once, and what became of them. */
export interface StartRows {
  /**
   * Commits "this attempt is about to send the start", in one statement with everything that forbids it: an earlier
   * intent, a start that is established, a record that is closed, a draft that is seen running already. Undefined
   * where the ledger has no such purchase.
   */
  intendStart(purchase: DraftedPurchase, at: Date): Promise<IntendedStart | undefined>
  /** Commits "the one allowed repeat is about to be sent". False when it was sent before, or the record is closed. */
  intendRepeat(key: Purchase, at: Date): Promise<boolean>
  /** The send ended without a clear answer. */
  recordDoubt: (key: Purchase, at: Date, requestId?: string | null) => Promise<void>
  /** The vendor accepted the start. */
  recordStarted: (key: Purchase, at: Date, requestId?: string | null) => Promise<void>
  /**
   * The send that was intended at this moment certainly had no effect: it never left, or the vendor refused it.
   * Changes nothing where an attempt that came later has sent its own meanwhile.
   */
  withdrawIntent(key: Purchase, intendedAt: Date, requestId?: string | null): Promise<void>
  /** The same for the one allowed repeat: it may be sent later, and the doubt about the first send stays. */
  withdrawRepeat(key: Purchase, repeatedAt: Date, requestId?: string | null): Promise<void>
  /**
   * Applies a person's answer about an unknown outcome once: an activity that is repeated, or an older answer,
   * changes nothing. Answers are numbered by the moment of the park that asked.
   */
  applyAnswer(
    key: Purchase,
    answer: {
      number: number
      as: 'started' | 'not-started'
    },
    at: Date,
  ): Promise<void>
}

/** Those of one database. */
export function startRecords(database: Database): StartRows {
  const change = (key: Purchase, values: PurchaseChange) => changePurchase(database, key, values)
  /**
   * The record of a removal as long as it is open. A transaction that closes it holds its row until it is committed; a
   * statement with this part waits for that, and then finds the record closed.
   */
  const openRecord = (removalId: string) =>
    database.$with('open').as(
      database
        .select({ id: removals.id })
        .from(removals)
        .where(and(eq(removals.id, removalId), isNull(removals.document)))
        .for('share'),
    )
  return {
    async intendStart(
      { removalId, purchase, vendorJobId }: DraftedPurchase,
      at: Date,
    ): Promise<IntendedStart | undefined> {
      const isThis = and(isPurchase({ removalId, purchase }), eq(vendorJobs.vendorJobId, vendorJobId))
      const open = openRecord(removalId)
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

    async intendRepeat(key: Purchase, at: Date): Promise<boolean> {
      const open = openRecord(key.removalId)
      const intended = await database
        .with(open)
        .update(vendorJobs)
        .set({ startRepeatedAt: at })
        .where(and(isPurchase(key), isNull(vendorJobs.startRepeatedAt), sql`exists (select from open)`))
        .returning({ purchase: vendorJobs.purchase })
      return intended.length === 1
    },

    recordDoubt: (key: Purchase, at: Date, requestId: string | null = null) =>
      change(key, { startInDoubtAt: at, ...withRequestId(requestId) }),

    recordStarted: (key: Purchase, at: Date, requestId: string | null = null) =>
      change(key, { startedAt: at, ...withRequestId(requestId) }),

    async withdrawIntent(key: Purchase, intendedAt: Date, requestId: string | null = null): Promise<void> {
      const { startIntendedAt, startRepeatedAt } = vendorJobs
      await database
        .update(vendorJobs)
        .set({ startIntendedAt: null, startInDoubtAt: null, ...withRequestId(requestId) })
        .where(and(isPurchase(key), eq(startIntendedAt, intendedAt), isNull(startRepeatedAt)))
    },

    async withdrawRepeat(key: Purchase, repeatedAt: Date, requestId: string | null = null): Promise<void> {
      await database
        .update(vendorJobs)
        .set({ startRepeatedAt: null, ...withRequestId(requestId) })
        .where(and(isPurchase(key), eq(vendorJobs.startRepeatedAt, repeatedAt)))
    },

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
        .where(and(isPurchase(key), lt(vendorJobs.startAnswer, answer.number), isNull(vendorJobs.startedAt)))
    },
  }
}

function textArray(texts: readonly string[]): SQL {
  return sql`array[${sql.join(
    texts.map((text) => sql`${text}`),
    sql`, `,
  )}]::text[]`
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
