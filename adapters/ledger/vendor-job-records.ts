import { and, asc, eq, isNull, lt, sql } from 'drizzle-orm'
import type { KeptFile } from '../../domain/removal-document.ts'
import type { StartMarks } from '../../domain/start-decision.ts'
import type { Database } from './open-database.ts'
import { vendorJobs } from './schema.ts'

export type VendorJobRecord = typeof vendorJobs.$inferSelect
export type NewVendorJobRecord = typeof vendorJobs.$inferInsert

/** One intended start: the removal and the number of the purchase within it. */
export interface Purchase {
  removalId: string
  purchase: number
}

/** The books' rows about vendor jobs, with the marks that make every purchase happen once (design §3). */
export function vendorJobRecords(database: Database) {
  const one = (key: Purchase) =>
    and(eq(vendorJobs.removalId, key.removalId), eq(vendorJobs.purchase, key.purchase))
  const change = async (key: Purchase, values: Partial<NewVendorJobRecord>): Promise<void> => {
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

    /** Records a draft; when another attempt was first, its draft is the one that counts. */
    async recordDraft(entry: NewVendorJobRecord): Promise<VendorJobRecord> {
      await database
        .insert(vendorJobs)
        .values(entry)
        .onConflictDoNothing({ target: [vendorJobs.removalId, vendorJobs.purchase] })
      const record = await find(entry)
      if (record === undefined)
        throw new TypeError(`no vendor job recorded for ${entry.removalId} purchase ${entry.purchase}`)
      return record
    },

    recordDraftStatus: (key: Purchase, draftStatus: string) => change(key, { draftStatus }),

    /** Forgets an unstarted draft, so that a fresh one can take its place; a draft with any mark stays. */
    async dropDraft(key: Purchase): Promise<boolean> {
      const dropped = await database
        .delete(vendorJobs)
        .where(and(one(key), isNull(vendorJobs.startIntendedAt), isNull(vendorJobs.startedAt)))
        .returning({ purchase: vendorJobs.purchase })
      return dropped.length === 1
    },

    /** Commits "this attempt is about to send the start". False when any attempt did so before. */
    async markStartIntended(key: Purchase, at: Date): Promise<boolean> {
      const marked = await database
        .update(vendorJobs)
        .set({ startIntendedAt: at, startUnclearAt: null, startRepeatedAt: null })
        .where(and(one(key), isNull(vendorJobs.startIntendedAt)))
        .returning({ purchase: vendorJobs.purchase })
      return marked.length === 1
    },

    /** Commits "the one allowed repeat is about to be sent". False when it was sent before. */
    async markStartRepeated(key: Purchase, at: Date): Promise<boolean> {
      const marked = await database
        .update(vendorJobs)
        .set({ startRepeatedAt: at })
        .where(and(one(key), isNull(vendorJobs.startRepeatedAt)))
        .returning({ purchase: vendorJobs.purchase })
      return marked.length === 1
    },

    markStartUnclear: (key: Purchase, at: Date) => change(key, { startUnclearAt: at }),
    markStarted: (key: Purchase, at: Date) => change(key, { startedAt: at }),
    /**
     * The send that was marked at this moment certainly had no effect: it never left, or the vendor refused it.
     * Changes nothing where an attempt that came later has sent its own meanwhile.
     */
    async unmarkStart(key: Purchase, intendedAt: Date): Promise<void> {
      const { startIntendedAt, startRepeatedAt } = vendorJobs
      await database
        .update(vendorJobs)
        .set({ startIntendedAt: null, startUnclearAt: null })
        .where(and(one(key), eq(startIntendedAt, intendedAt), isNull(startRepeatedAt)))
    },
    /** The same for the one allowed repeat. */
    async unmarkRepeat(key: Purchase, repeatedAt: Date): Promise<void> {
      await database
        .update(vendorJobs)
        .set({ startRepeatedAt: null })
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
          : { startIntendedAt: null, startUnclearAt: null, startRepeatedAt: null }
      await database
        .update(vendorJobs)
        .set({ ...effect, startAnswer: answer.number })
        .where(and(one(key), lt(vendorJobs.startAnswer, answer.number), isNull(vendorJobs.startedAt)))
    },

    /** Keeps the vendor's request ids, for its support. */
    async addRequestId(key: Purchase, requestId: string | null): Promise<void> {
      if (requestId === null) return
      await database
        .update(vendorJobs)
        .set({ requestIds: sql`array_append(${vendorJobs.requestIds}, ${requestId})` })
        .where(and(one(key), sql`not (${requestId} = any(${vendorJobs.requestIds}))`))
    },

    recordEnd: (
      key: Purchase,
      end: Pick<
        NewVendorJobRecord,
        'finalStatus' | 'error' | 'durationSeconds' | 'billingStatus' | 'chargedMillicredits' | 'finishedAt'
      >,
    ) => change(key, end),

    markCollected: (key: Purchase) => change(key, { collected: true }),
    recordRefused: (key: Purchase, refusedOutput: KeptFile) => change(key, { refusedOutput }),
  }
}

/** Whether a start went out: one in doubt counts as spent until shown otherwise. */
export function hasSpent({ startedAt, startIntendedAt }: VendorJobRecord): boolean {
  return startedAt !== null || startIntendedAt !== null
}

/** The part of a record that decides about a start. */
export function startMarksOf(record: VendorJobRecord): StartMarks {
  return {
    draftStatus: record.draftStatus,
    intendedAt: record.startIntendedAt?.getTime() ?? null,
    unclearAt: record.startUnclearAt?.getTime() ?? null,
    repeatedAt: record.startRepeatedAt?.getTime() ?? null,
    startedAt: record.startedAt?.getTime() ?? null,
  }
}
