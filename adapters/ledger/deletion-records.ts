import type { SQL } from 'drizzle-orm'
import { and, asc, eq, isNotNull, isNull, lt, ne, or, sql } from 'drizzle-orm'
import type { Database } from './open-database.ts'
import { removals } from './schema.ts'

/** A removal that ended, and when. */
export interface EndedRemoval {
  id: string
  endedAt: Date
}

/** The ledger's word on files that are to be deleted. Rows stay; they only say when their files went. */
export interface DeletionRows {
  /** Unfinished removals whose input lies beneath one of these prefixes, the removal of this id left out. */
  readersOf(id: string, prefixes: readonly string[]): Promise<string[]>
  /**
   * Says that the files of a removal are gone, and forgets where the vendor could read its input. A second time
   * changes nothing. The moment that holds; undefined where nothing was recorded.
   */
  record(id: string, at: Date): Promise<Date | undefined>
  /** Removals that ended before this time and have their files still, the oldest first, from beyond `after` on. */
  keptSince(before: Date, after: EndedRemoval | null, limit: number): Promise<EndedRemoval[]>
}

/** Those of one database. */
export function deletionRecords(database: Database): DeletionRows {
  return {
    async readersOf(id: string, prefixes: readonly string[]): Promise<string[]> {
      const beneath = prefixes.map((prefix) => sql`starts_with(${removals.inputKey}, ${`${prefix}/`})`)
      const rows = await database
        .select({ id: removals.id })
        .from(removals)
        .where(and(isNull(removals.closedAt), ne(removals.id, id), or(...beneath)))
        .orderBy(asc(removals.createdAt))
      return rows.map((row) => row.id)
    },

    async record(id: string, at: Date): Promise<Date | undefined> {
      const [row] = await database
        .update(removals)
        .set({
          deletedAt: sql`coalesce(${removals.deletedAt}, ${at.toISOString()}::timestamptz)`,
          videoUrl: null,
        })
        .where(eq(removals.id, id))
        .returning({ deletedAt: removals.deletedAt })
      return row?.deletedAt ?? undefined
    },

    async keptSince(before: Date, after: EndedRemoval | null, limit: number): Promise<EndedRemoval[]> {
      const rows = await database
        .select({ id: removals.id, endedAt: removals.closedAt })
        .from(removals)
        .where(
          and(
            isNotNull(removals.closedAt),
            isNull(removals.deletedAt),
            lt(removals.closedAt, before),
            after === null ? undefined : beyond(after),
          ),
        )
        .orderBy(asc(removals.closedAt), asc(removals.id))
        .limit(limit)
      return rows.flatMap(({ id, endedAt }) => (endedAt === null ? [] : [{ id, endedAt }]))
    },
  }
}

function beyond({ id, endedAt }: EndedRemoval): SQL {
  return sql`(${removals.closedAt}, ${removals.id}) > (${endedAt.toISOString()}::timestamptz, ${id})`
}
