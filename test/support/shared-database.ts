import pg from 'pg'
import { beforeAll } from 'vitest'
import { remembered } from '../../domain/remembered.ts'
import { serveDatabase } from '../../testing/serve-database.ts'
import { atEndOfProcess } from './test-process.ts'

const served = remembered(async () => {
  const database = await serveDatabase()
  atEndOfProcess(() => database.close())
  return database
})

/**
 * A database for the tests of one file, empty when its first one begins: a webhook that another file registered would be
 * told of this one's removals. The server is the same for all files of a test process, since starting one takes a
 * second; it starts for the first that asks, and ends with the process. A Temporal server is never shared: it starts in a
 * moment.
 *
 * @returns where it is, once the file's tests run
 */
export function useSharedDatabase(): () => string {
  let url = ''
  beforeAll(async () => {
    ;({ url } = await served.get())
    await emptyTables(url)
  })
  return () => url
}

async function emptyTables(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    // The first file finds none: whoever opens the ledger makes them, and notes that in a schema of its own.
    const { rows } = await client.query<{ names: string | null }>(
      `select string_agg(quote_ident(tablename), ', ') as names from pg_tables where schemaname = 'public'`,
    )
    const names = rows[0]?.names ?? null
    if (names === null) return
    // The ledger's triggers refuse to forget an entry. All clients of this server share one session: they go off for this alone.
    await client.query(
      `begin; set local session_replication_role = replica; truncate ${names} restart identity; commit`,
    )
  } finally {
    await client.end()
  }
}
