import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { failureFromDatabase } from './errors.ts'

/** Names the lock that those who migrate the same database wait for; any number that nobody else takes. */
const MIGRATION_LOCK = 7_283_446_521
/** A backfill of a large ledger takes minutes, and so does waiting for another worker that makes it. */
const STATEMENT_TIMEOUT_MS = 10 * 60_000
/** A server that is away is noticed sooner. */
const CONNECT_TIMEOUT_MS = 15_000

/**
 * Brings the tables of the first schema on the search_path to this version. Of several that come at once one
 * migrates and the others wait for it. A database that is up to date is only read, so that a role without rights on
 * the schema suffices there.
 */
export async function migrateDatabase(connectionString: string): Promise<void> {
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    await bringUpToDate(client)
  } catch (error) {
    throw failureFromDatabase(error, 'opening')
  } finally {
    await client.end().catch(() => {})
  }
}

async function bringUpToDate(client: pg.Client): Promise<void> {
  const database = drizzle(client)
  const migrations = readMigrationFiles({
    migrationsFolder: fileURLToPath(new URL('./migrations', import.meta.url)),
  })
  const table = await migrationsTable(client)
  const missing = async () => {
    const applied = await appliedMigrations(client, table)
    return migrations.filter(({ folderMillis }) => !applied.has(folderMillis))
  }
  if ((await missing()).length === 0) return
  await database.transaction(async (transaction) => {
    await transaction.execute(sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`)
    // Another one may have migrated while this one waited.
    const left = await missing()
    if (left.length === 0) return
    const isElsewhere = table.schema === 'drizzle'
    if (isElsewhere) await transaction.execute(sql`create schema if not exists drizzle`)
    const name = sql.raw(table.name)
    await transaction.execute(
      sql`create table if not exists ${name} (id serial primary key, hash text not null, created_at bigint)`,
    )
    // A role without rights on the schema has to see that there is nothing to do.
    if (isElsewhere) await transaction.execute(sql`grant usage on schema drizzle to public`)
    await transaction.execute(sql`grant select on ${name} to public`)
    for (const { sql: statements, hash, folderMillis } of left) {
      for (const statement of statements) await transaction.execute(sql.raw(statement))
      await transaction.execute(sql`insert into ${name} (hash, created_at) values (${hash}, ${folderMillis})`)
    }
  })
}

/** Where it is noted which migrations have run. */
interface MigrationsTable {
  schema: string
  /** Schema and name, quoted for a statement. */
  name: string
}

/**
 * In `public` it is where drizzle's own migrator, which the first versions used, kept it; every other schema has its
 * own, so that two of them in one database do not share it.
 */
async function migrationsTable(client: pg.Client): Promise<MigrationsTable> {
  const { rows } = await client.query<{ schema: string | null; quoted: string | null }>(
    'select current_schema() as schema, quote_ident(current_schema()) as quoted',
  )
  const [{ schema, quoted } = { schema: null, quoted: null }] = rows
  if (schema === null) throw Object.assign(new Error('no schema on the search_path'), { code: '3F000' })
  return schema === 'public'
    ? { schema: 'drizzle', name: `drizzle.${TABLE}` }
    : { schema, name: `${quoted}.${TABLE}` }
}

const TABLE = '__drizzle_migrations'

/** The moments that name the migrations which have run. */
async function appliedMigrations(client: pg.Client, { schema, name }: MigrationsTable): Promise<Set<number>> {
  // `to_regclass` would answer from a cache that does not know yet what another one made while this one waited.
  const { rowCount } = await client.query(
    'select from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2',
    [schema, TABLE],
  )
  if (rowCount === 0) return new Set()
  const { rows } = await client.query<{ created_at: string }>(`select created_at from ${name}`)
  return new Set(rows.map(({ created_at: createdAt }) => Number(createdAt)))
}
