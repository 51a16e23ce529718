import { and, eq, isNotNull, sql } from 'drizzle-orm'
import type { ReadyDraft } from '../../domain/readiness.ts'
import type { Database } from './open-database.ts'
import { rehearseRemoval } from './rehearse-removal.ts'
import { readyDrafts } from './schema.ts'

/** The ledger's rows about readiness checks, which make drafts that belong to no removal. */
export interface ReadinessRows {
  /** Writes what a removal writes, and takes it back. */
  rehearse(): Promise<void>
  /** Says that a check is about to make a draft. A repeat changes nothing. */
  begin(wanted: { checkId: string; keyAlias: string; at: Date }): Promise<void>
  recordDraft(draft: ReadyDraft): Promise<void>
  /** The draft that a check made, where that is known. */
  draftOf(checkId: string): Promise<ReadyDraft | null>
  /** A create that was in doubt may have left a draft of which nobody knows the id. */
  countOrphanDraft(checkId: string): Promise<void>
  /** Those of the vendor's jobs that a readiness check made. */
  draftsAmong(vendorJobIds: readonly string[]): Promise<ReadyDraft[]>
}

/** Those of one database. */
export function readinessRecords(database: Database): ReadinessRows {
  return {
    rehearse(): Promise<void> {
      return rehearseRemoval(database)
    },

    async begin({ checkId, keyAlias, at }: { checkId: string; keyAlias: string; at: Date }): Promise<void> {
      await database.insert(readyDrafts).values({ checkId, keyAlias, createdAt: at }).onConflictDoNothing()
    },

    async recordDraft({ checkId, vendorJobId }: ReadyDraft): Promise<void> {
      await database.update(readyDrafts).set({ vendorJobId }).where(eq(readyDrafts.checkId, checkId))
    },

    async draftOf(checkId: string): Promise<ReadyDraft | null> {
      const [row] = await database
        .select()
        .from(readyDrafts)
        .where(and(eq(readyDrafts.checkId, checkId), isNotNull(readyDrafts.vendorJobId)))
      return row === undefined ? null : draftFrom(row)
    },

    async countOrphanDraft(checkId: string): Promise<void> {
      await database
        .update(readyDrafts)
        .set({ orphanDrafts: sql`${readyDrafts.orphanDrafts} + 1` })
        .where(eq(readyDrafts.checkId, checkId))
    },

    async draftsAmong(vendorJobIds: readonly string[]): Promise<ReadyDraft[]> {
      if (vendorJobIds.length === 0) return []
      const rows = await database
        .select()
        .from(readyDrafts)
        .where(
          // One parameter: a vendor may list more jobs than a statement has parameters.
          sql`${readyDrafts.vendorJobId} in (select jsonb_array_elements_text(${JSON.stringify(vendorJobIds)}::jsonb))`,
        )
      return rows.map(draftFrom)
    },
  }
}

function draftFrom({ checkId, keyAlias, vendorJobId }: typeof readyDrafts.$inferSelect): ReadyDraft {
  return { checkId, keyAlias, vendorJobId: vendorJobId ?? '' }
}
