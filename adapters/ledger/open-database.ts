import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { malformedDatabaseUrl } from './errors.ts'
import { migrateDatabase } from './migrate-database.ts'
import * as schema from './schema.ts'

export type Database = NodePgDatabase<typeof schema>

/** A connection pool that is ready to use. */
export interface OpenDatabase {
  database: Database
  close(): Promise<void>
}

/** How to open a database. */
export interface OpenOptions {
  /** Connections at most; none is opened before the first question. */
  poolSize?: number
  /** `false` for a reader: no table is changed then, and the database is not touched before the first question. */
  migrates?: boolean
}

/** An answer within this time, or the activity fails as `PlatformUnavailable` and Temporal repeats it. */
const STATEMENT_TIMEOUT_MS = 15_000

/**
 * Opens the ledger's database, PostgreSQL or the embedded one by the same driver, and migrates it. Fails as
 * `InvalidRequest` for a malformed URL, and as `PlatformUnavailable` with the reason where the database refuses.
 */
export async function openDatabase(
  url: string,
  { poolSize = 8, migrates = true }: OpenOptions = {},
): Promise<OpenDatabase> {
  const connectionString = connectionStringFrom(url)
  if (migrates) await migrateDatabase(connectionString)
  const pool = new pg.Pool({
    connectionString,
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
  return { database: drizzle(pool, { schema }), close: () => pool.end() }
}

/**
 * The URL of a database as the driver is given it. `sslmode` means what it means to psql: `require` encrypts and checks
 * no certificate unless `sslrootcert` names a CA; `verify-full` checks the host's name as well. `InvalidRequest` for
 * what is no such URL: a `/`, `#` or `@` in a password that was not written as %2F, %23 or %40, most likely.
 */
function connectionStringFrom(url: string): string {
  if (isTornApart(url)) throw malformedDatabaseUrl()
  const connectionString = withPsqlMeaning(url)
  try {
    // It connects to nothing yet, and reads what the URL says.
    new pg.Client({ connectionString })
    return connectionString
  } catch (error) {
    // The parser's own words may hold the URL.
    throw malformedDatabaseUrl(error instanceof TypeError ? undefined : error)
  }
}

/** What stands before the last @ is user and password: a / or # in there ends the host's part early. */
function isTornApart(url: string): boolean {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  return parsed === undefined || parsed.pathname.includes('@') || parsed.hash !== ''
}

function withPsqlMeaning(url: string): string {
  const { searchParams } = new URL(url)
  const isAmbiguous = ['prefer', 'require', 'verify-ca'].includes(searchParams.get('sslmode') ?? '')
  if (!isAmbiguous || searchParams.has('uselibpqcompat')) return url
  return `${url}&uselibpqcompat=true`
}
