import type { SQL } from 'drizzle-orm'
import { and, asc, desc, eq, gte, inArray, lte, or, sql } from 'drizzle-orm'
import type { FailureKind } from '../../domain/failures.ts'
import type { RemovalDocument, RemovalState } from '../../domain/removal-document.ts'
import { isFinal } from '../../domain/removal-document.ts'
import { documentFromRecord, finalDocumentOf } from './document-from-record.ts'
import { failureFromDatabase } from './errors.ts'
import type { Database } from './open-database.ts'
import type { RemovalRecord } from './rows.ts'
import { joinedRemovals, removals, vendorJobs } from './schema.ts'

/** Which removals to list; all conditions hold together. */
export interface DocumentsFilter {
  state?: RemovalState
  project?: string
  /** Recorded at this time or later. */
  since?: Date
  /** Recorded at this time or earlier. */
  until?: Date
  fingerprint?: string
  failure?: FailureKind
}

const PAGE_ROWS = 100

/** The documents that the ledger keeps for good: a client answers from them what Temporal has forgotten. */
export function removalDocuments(database: Database) {
  return {
    /**
     * The final document of a removal, else what is recorded so far; undefined where it was never recorded. A request
     * that joined another removal is answered with that one's.
     */
    async find(id: string): Promise<RemovalDocument | undefined> {
      const isIt = or(eq(removals.id, id), inArray(removals.id, joinedBy(database, id)))
      const [document] = await documentsOf(database, isIt)
      return document
    },

    /** What a removal was asked for; undefined where it was never recorded. */
    async fingerprint(id: string): Promise<string | undefined> {
      try {
        const [row] = await database
          .select({ fingerprint: removals.fingerprint })
          .from(removals)
          .where(eq(removals.id, id))
        return row?.fingerprint
      } catch (error) {
        throw failureFromDatabase(error, 'documents')
      }
    },

    /** Recorded removals, newest first. Only a running workflow knows the states that are not final: these match none. */
    async *list(filter: DocumentsFilter = {}): AsyncGenerator<RemovalDocument, void, undefined> {
      if (filter.state !== undefined && !isFinal(filter.state)) return
      for (let after: SQL | undefined; ; ) {
        const page = await documentsOf(database, and(...conditions(filter), after))
        yield* page
        const last = page.at(-1)
        if (last === undefined || page.length < PAGE_ROWS) return
        after = sql`(${removals.createdAt}, ${removals.id}) < (select created_at, id from removals where id = ${last.id})`
      }
    },
  }
}

/** The removal that a request was led to. */
function joinedBy(database: Database, id: string) {
  return database.select({ id: joinedRemovals.intoId }).from(joinedRemovals).where(eq(joinedRemovals.id, id))
}

async function documentsOf(database: Database, which: SQL | undefined): Promise<RemovalDocument[]> {
  try {
    const records = await database
      .select()
      .from(removals)
      .where(which)
      .orderBy(desc(removals.createdAt), desc(removals.id))
      .limit(PAGE_ROWS)
    const open = await openDocuments(
      database,
      records.filter(({ document }) => document === null),
    )
    return records.flatMap((record) => finalDocumentOf(record) ?? open.get(record.id) ?? [])
  } catch (error) {
    throw failureFromDatabase(error, 'documents')
  }
}

async function openDocuments(
  database: Database,
  records: RemovalRecord[],
): Promise<Map<string, RemovalDocument>> {
  if (records.length === 0) return new Map()
  const ids = records.map(({ id }) => id)
  const jobs = await database
    .select()
    .from(vendorJobs)
    .where(inArray(vendorJobs.removalId, ids))
    .orderBy(asc(vendorJobs.purchase))
  return new Map(
    records.map((record) => [
      record.id,
      documentFromRecord(
        record,
        jobs.filter(({ removalId }) => removalId === record.id),
        null,
      ),
    ]),
  )
}

function conditions({ state, project, since, until, fingerprint, failure }: DocumentsFilter): SQL[] {
  return [
    ...(state === undefined ? [] : [eq(removals.finalStatus, state)]),
    ...(project === undefined ? [] : [eq(removals.project, project)]),
    ...(since === undefined ? [] : [gte(removals.createdAt, since)]),
    ...(until === undefined ? [] : [lte(removals.createdAt, until)]),
    ...(fingerprint === undefined ? [] : [eq(removals.fingerprint, fingerprint)]),
    ...(failure === undefined ? [] : [eq(removals.failureKind, failure)]),
  ]
}
