import { asc, eq, sql } from 'drizzle-orm'
import type { WorkerRecord } from '../../domain/worker-record.ts'
import { SILENT_MS } from '../../domain/worker-record.ts'
import type { Database } from './open-database.ts'
import { workers } from './schema.ts'

/** A worker as others see it. Ages are by the database's clock, so that no host's own can mislead. */
export interface SeenWorker extends WorkerRecord {
  startedAt: Date
  /** How long ago it last said that it lives. */
  silentMs: number
}

/** Rows of processes that were killed are of interest for so long. */
const KEPT_SECONDS = 900

/** The ledger's rows about worker processes. */
export interface WorkerRows {
  /**
   * Says that a worker lives. True where it is the one that reports what all workers of its namespace know: the
   * oldest of those that live.
   */
  beat(worker: WorkerRecord): Promise<boolean>
  /** A worker that ends as it should leaves no row; with it go those of processes that were killed long ago. */
  leave(id: string): Promise<void>
  /** The workers of a namespace that live, or did within the last quarter of an hour and did not say goodbye; the oldest first. */
  seen(namespace: string): Promise<SeenWorker[]>
}

/** Those of one database. */
export function workerRecords(database: Database): WorkerRows {
  return {
    async beat(worker: WorkerRecord): Promise<boolean> {
      const { id, ...said } = worker
      await database
        .insert(workers)
        .values({ id, ...said, startedAt: sql`now()`, seenAt: sql`now()` })
        .onConflictDoUpdate({ target: workers.id, set: { ...said, seenAt: sql`now()` } })
      const [oldest] = await database
        .select({ id: workers.id })
        .from(workers)
        .where(
          sql`${workers.namespace} = ${worker.namespace} and ${workers.seenAt} > now() - ${SILENT_MS / 1_000} * interval '1 second'`,
        )
        .orderBy(asc(workers.startedAt), asc(workers.id))
        .limit(1)
      return oldest?.id === id
    },

    async leave(id: string): Promise<void> {
      await database
        .delete(workers)
        .where(
          sql`${eq(workers.id, id)} or ${workers.seenAt} < now() - ${KEPT_SECONDS} * interval '1 second'`,
        )
    },

    async seen(namespace: string): Promise<SeenWorker[]> {
      const rows = await database
        .select({
          worker: workers,
          silentMs: sql<string>`extract(epoch from (now() - ${workers.seenAt})) * 1000`,
        })
        .from(workers)
        .where(
          sql`${workers.namespace} = ${namespace} and ${workers.seenAt} > now() - ${KEPT_SECONDS} * interval '1 second'`,
        )
        .orderBy(asc(workers.startedAt), asc(workers.id))
      return rows.map(({ worker: { seenAt: _seenAt, ...worker }, silentMs }) => ({
        ...worker,
        silentMs: Math.max(0, Math.round(Number(silentMs))),
      }))
    },
  }
}
