import { eq, sql } from 'drizzle-orm'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import type { Database } from './open-database.ts'
import { removals } from './schema.ts'

export type RemovalRecord = typeof removals.$inferSelect
export type NewRemovalRecord = typeof removals.$inferInsert

/** What the books say to a request that wants to begin. */
export type Admission =
  | { outcome: 'admitted'; record: RemovalRecord }
  /** The same request ended before: its final document is the answer. */
  | { outcome: 'closed'; document: RemovalDocument }
  /** The id belongs to another request. */
  | { outcome: 'conflict' }

/** The books' rows about removals. Every change is safe to repeat. */
export function removalRecords(database: Database) {
  const find = async (id: string): Promise<RemovalRecord | undefined> => {
    const [record] = await database.select().from(removals).where(eq(removals.id, id))
    return record
  }
  const change = async (id: string, values: Partial<NewRemovalRecord>): Promise<void> => {
    await database.update(removals).set(values).where(eq(removals.id, id))
  }
  return {
    find,

    /** Records a request, or finds what is recorded under its id, for good (design §3). */
    async admit(entry: NewRemovalRecord): Promise<Admission> {
      await database.insert(removals).values(entry).onConflictDoNothing()
      const record = await find(entry.id)
      if (record === undefined || record.fingerprint !== entry.fingerprint) return { outcome: 'conflict' }
      if (record.document !== null) return { outcome: 'closed', document: record.document }
      // An open record of the same request belongs to a run that was reset, terminated or lost: its marks count.
      return { outcome: 'admitted', record }
    },

    recordInspection: (
      id: string,
      inspection: Pick<
        NewRemovalRecord,
        | 'inputBytes'
        | 'inputDurationSeconds'
        | 'inputPictureSeconds'
        | 'inputContentType'
        | 'estimatedMillicredits'
      >,
    ) => change(id, inspection),

    recordVideoUrl: (id: string, videoUrl: string | null) => change(id, { videoUrl }),

    /** A create whose reply was lost may have left a draft that nobody will start; it costs nothing. */
    async countOrphanDraft(id: string): Promise<void> {
      await database
        .update(removals)
        .set({ orphanDrafts: sql`${removals.orphanDrafts} + 1` })
        .where(eq(removals.id, id))
    },

    /** Closes a record with its final document; one that is closed keeps the document it has. */
    async close(id: string, document: RemovalDocument, closedAt: Date): Promise<RemovalDocument> {
      const closed = await database
        .update(removals)
        .set({ document, finalStatus: document.state, failureKind: document.failure?.kind ?? null, closedAt })
        .where(sql`${removals.id} = ${id} and ${removals.document} is null`)
        .returning({ id: removals.id })
      return closed.length === 1 ? document : ((await find(id))?.document ?? document)
    },
  }
}
