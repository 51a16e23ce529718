import { fileURLToPath } from 'node:url'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { failureFromDatabase } from './failure-from-database.ts'
import * as schema from './schema.ts'

export type Database = NodePgDatabase<typeof schema>

/** A connection pool that is ready to use: its migrations have run. */
export interface OpenDatabase {
  database: Database
  close(): Promise<void>
}

/** An answer within this time, or the activity fails as `PlatformUnavailable` and Temporal repeats it. */
const STATEMENT_TIMEOUT_MS = 15_000

/** Opens the books' database, PostgreSQL or the embedded one by the same driver, and migrates it. */
export async function openDatabase(url: string, { poolSize = 8 } = {}): Promise<OpenDatabase> {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: STATEMENT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS,
    idleTimeoutMillis: 30_000,
  })
  // An idle connection that the server closes is replaced at the next query, which reports what is wrong.
  pool.on('error', () => {})
  // One that is lost in the middle of a transaction says so twice: by its statement, and by an event that would
  // end the process if nobody listened.
  pool.on('connect', (client) => client.on('error', () => {}))
  const database = drizzle(pool, { schema })
  try {
    await migrate(database, { migrationsFolder: fileURLToPath(new URL('./migrations', import.meta.url)) })
  } catch (error) {
    await pool.end()
    throw failureFromDatabase(error, 'opening')
  }
  return { database, close: () => pool.end() }
}
