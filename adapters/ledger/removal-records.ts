import { and, eq, isNull, sql } from 'drizzle-orm'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import type { OnMoved } from './credit-entries.ts'
import { movedBy } from './credit-entries.ts'
import type { RemovalEnd } from './document-from-record.ts'
import { finalDocumentOf } from './document-from-record.ts'
import type { Database } from './open-database.ts'
import type { NewRemovalRecord, RemovalRecord } from './rows.ts'
import { joinedRemovals, removals } from './schema.ts'
import type { SettledRecord } from './settle-record.ts'
import { settleRecord } from './settle-record.ts'

/** What the ledger says to a request that wants to begin. */
export type Admission =
  | { outcome: 'admitted'; record: RemovalRecord }
  /** The same request ended before: its final document is the answer. */
  | { outcome: 'closed'; document: RemovalDocument }
  /** The id belongs to another request. */
  | { outcome: 'conflict' }
  /** This request was led to another removal of the same thing before. */
  | { outcome: 'joined'; intoId: string }
  /** Another removal of the same thing is open, and neither was given its id. Nothing was recorded. */
  | { outcome: 'taken'; by: { id: string; workflowId: string } }

/** The ledger's rows about removals. Every change is safe to repeat. */
export interface RemovalRows {
  find: (id: string) => Promise<RemovalRecord | undefined>
  /**
   * Records a request, or finds what is recorded under its id, for good. Of joinable requests for the same thing in
   * one project only one is open at a time: the unique index lets the first one in.
   */
  admit(entry: NewRemovalRecord): Promise<Admission>
  /** Leads a request to another removal for good, whatever becomes of that. False where that has ended. */
  join(entry: NewRemovalRecord, intoId: string): Promise<boolean>
  /** Nothing works on this removal any more, so that others need not join it; its record stays as it is. */
  makeRoom: (id: string) => Promise<void>
  recordVideoUrl: (id: string, videoUrl: string | null) => Promise<void>
  /** A create whose reply was lost may have left a draft that nobody will start; it costs nothing. */
  countOrphanDraft(id: string): Promise<void>
  /** Ends a removal: its purchases are posted, its record is closed; see `settleRecord`. */
  settle(id: string, end: RemovalEnd): Promise<SettledRecord | undefined>
}

/** Those of one database. */
export function removalRecords(database: Database, onMoved: OnMoved = () => {}): RemovalRows {
  const find = async (id: string): Promise<RemovalRecord | undefined> => {
    const [record] = await database.select().from(removals).where(eq(removals.id, id))
    return record
  }
  const change = async (id: string, values: Partial<NewRemovalRecord>): Promise<void> => {
    await database.update(removals).set(values).where(eq(removals.id, id))
  }
  return {
    find,

    async admit(entry: NewRemovalRecord): Promise<Admission> {
      for (;;) {
        const [join] = await database.select().from(joinedRemovals).where(eq(joinedRemovals.id, entry.id))
        if (join !== undefined)
          return join.fingerprint === entry.fingerprint
            ? { outcome: 'joined', intoId: join.intoId }
            : { outcome: 'conflict' }
        const [inserted] = await database.insert(removals).values(entry).onConflictDoNothing().returning()
        const record = inserted ?? (await find(entry.id))
        if (record !== undefined) return admissionTo(record, entry)
        const [by] = await database
          .select({ id: removals.id, workflowId: removals.workflowId })
          .from(removals)
          .where(isOpenFor(entry))
        // Where it has ended meanwhile, the place is free.
        if (by !== undefined) return { outcome: 'taken', by }
      }
    },

    async join({ id, fingerprint, createdAt }: NewRemovalRecord, intoId: string): Promise<boolean> {
      const { rowCount } = await database.execute(sql`
        insert into joined_removals (id, fingerprint, into_id, joined_at)
        select ${id}, ${fingerprint}, id, ${createdAt.toISOString()}::timestamptz
        from removals where id = ${intoId} and joinable and closed_at is null
        on conflict do nothing`)
      return rowCount === 1
    },

    makeRoom: (id: string) => change(id, { joinable: false }),

    recordVideoUrl: (id: string, videoUrl: string | null) => change(id, { videoUrl }),

    async countOrphanDraft(id: string): Promise<void> {
      await database
        .update(removals)
        .set({ orphanDrafts: sql`${removals.orphanDrafts} + 1` })
        .where(eq(removals.id, id))
    },

    async settle(id: string, end: RemovalEnd): Promise<SettledRecord | undefined> {
      const settled = await settleRecord(database, id, end)
      for (const closing of settled?.closings ?? []) onMoved({ ...movedBy(closing), state: end.state })
      return settled
    },
  }
}

function admissionTo(record: RemovalRecord, entry: NewRemovalRecord): Admission {
  if (record.fingerprint !== entry.fingerprint) return { outcome: 'conflict' }
  const document = finalDocumentOf(record)
  if (document !== null) return { outcome: 'closed', document }
  // An open record of the same request belongs to a run that was reset, terminated or lost: its intents count.
  return { outcome: 'admitted', record }
}

function isOpenFor({ project, fingerprint }: Pick<NewRemovalRecord, 'project' | 'fingerprint'>) {
  return and(
    eq(removals.project, project),
    eq(removals.fingerprint, fingerprint),
    eq(removals.joinable, true),
    isNull(removals.closedAt),
  )
}
