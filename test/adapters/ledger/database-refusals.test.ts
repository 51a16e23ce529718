import { is } from 'drizzle-orm'
import { PgTable } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { findPostgres } from '#tools'
import { createLedger } from '../../../adapters/ledger/ledger.ts'
import { openDatabase } from '../../../adapters/ledger/open-database.ts'
import * as schema from '../../../adapters/ledger/schema.ts'
import * as webhookSchema from '../../../adapters/ledger/webhook-schema.ts'
import { isRemovalFailure } from '../../../domain/removal-failure.ts'
import type { Postgres } from '../../../testing/postgres-server.ts'
import { startPostgres } from '../../../testing/postgres-server.ts'
import { aRemoval } from './support/use-ledger.ts'

const TABLES = Object.values({ ...schema, ...webhookSchema }).filter((table) => is(table, PgTable))

const tools = await findPostgres()

describe.skipIf(tools === undefined)('a PostgreSQL of somebody else', () => {
  let server: Postgres
  beforeAll(async () => {
    server = await startPostgres(tools ?? '', { checksPasswords: true, tls: true })
  }, 60_000)
  afterAll(() => server?.close())

  /** Runs statements as the owner of everything. */
  async function asOwner(url: string, ...statements: string[]): Promise<void> {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    for (const statement of statements) await client.query(statement)
    await client.end()
  }

  /** A database of its own; `with` changes the owner's URL. */
  async function aDatabase(): Promise<string> {
    const name = `db_${crypto.randomUUID().slice(0, 8)}`
    await asOwner(server.url, `create database ${name}`)
    return at(server.url, (url) => (url.pathname = `/${name}`))
  }

  const at = (base: string, change: (url: URL) => void): string => {
    const url = new URL(base)
    change(url)
    return url.href
  }

  const openingFails = async (url: string) => {
    const error = await openDatabase(url).then(
      ({ close }) => close(),
      (caught: unknown) => caught,
    )
    if (!isRemovalFailure(error))
      throw new Error('it opened, or failed as no failure of ours', { cause: error })
    return error.toDocument()
  }

  const open = async (url: string) => {
    const opened = await openDatabase(url)
    onTestFinished(opened.close)
    return opened
  }

  it.each<[string, RegExp, (url: URL) => void]>([
    ['a wrong password', /refuses the password/, (url) => (url.password = 'wrong')],
    ['a database that is not there', /no database of that name/, (url) => (url.pathname = '/nowhere')],
    [
      'a certificate of its own',
      /certificate is not trusted/,
      (url) => (url.search = '?sslmode=verify-full'),
    ],
    ['a schema that is not there', /search_path/, (url) => (url.search = '?options=-csearch_path%3Dnowhere')],
  ])('is refused in one sentence with what to do: %s', async (_what, reason, change) => {
    const failure = await openingFails(at(await aDatabase(), change))

    expect(failure).toMatchObject({ kind: 'PlatformUnavailable', message: expect.stringMatching(reason) })
    expect(failure.hint).toMatch(/DATABASE_URL/)
    expect(JSON.stringify(failure)).not.toMatch(/secret|wrong|postgres:\/\//)
  })

  it.each(['pa#ss', 'pa/ss', '12/34', 'p@ss/word'])(
    'is no URL with the password %s as it stands, and one with it written out',
    async (password) => {
      const url = await aDatabase()
      const role = `r_${crypto.randomUUID().slice(0, 8)}`
      await asOwner(url, `create role ${role} login superuser password '${password}'`)
      const { host, pathname } = new URL(url)

      expect(await openingFails(`postgres://${role}:${password}@${host}${pathname}`)).toMatchObject({
        kind: 'InvalidRequest',
        hint: expect.stringContaining('%23'),
      })
      await open(`postgres://${role}:${encodeURIComponent(password)}@${host}${pathname}`)
    },
  )

  it('takes sslmode=require as psql does: encrypted, whoever signed the certificate', async () => {
    const { database } = await open(at(await aDatabase(), (url) => (url.search = '?sslmode=require')))

    const { rows } = await database.execute('select ssl from pg_stat_ssl where pid = pg_backend_pid()')
    expect(rows).toEqual([{ ssl: true }])
  })

  it('keeps its tables in the schema that the search_path names', async () => {
    const url = await aDatabase()
    await asOwner(url, 'create schema film', 'create schema shop')
    for (const schema of ['film', 'shop']) {
      const { database } = await open(
        at(url, ({ searchParams }) => searchParams.set('options', `-csearch_path=${schema}`)),
      )
      expect(await createLedger(database).removals.admit(aRemoval())).toMatchObject({ outcome: 'admitted' })
      const { rows } = await database.execute(
        `select count(*)::int as tables from information_schema.tables where table_schema = '${schema}'`,
      )
      // And the table in which the migrations that ran are noted.
      expect(rows).toEqual([{ tables: TABLES.length + 1 }])
    }
  })

  it('is migrated once by three workers that come at the same moment', async () => {
    const url = await aDatabase()

    const opened = await Promise.all([open(url), open(url), open(url)])

    const removals = opened.map(({ database }) => createLedger(database).removals.admit(aRemoval()))
    expect((await Promise.all(removals)).map(({ outcome }) => outcome)).toEqual([
      'admitted',
      'admitted',
      'admitted',
    ])
  })

  describe('and a role that may not change tables', () => {
    async function aRole(url: string): Promise<string> {
      const role = `r_${crypto.randomUUID().slice(0, 8)}`
      await asOwner(url, `create role ${role} login password 'secret'`)
      return at(url, (mine) => {
        mine.username = role
        mine.password = 'secret'
      })
    }

    it('works once somebody else has made them', async () => {
      const url = await aDatabase()
      await (await openDatabase(url)).close()
      const mine = await aRole(url)
      await asOwner(
        url,
        `grant select, insert, update, delete on all tables in schema public to ${new URL(mine).username}`,
        `grant usage on all sequences in schema public to ${new URL(mine).username}`,
      )

      const { database } = await open(mine)
      const entry = aRemoval()
      await createLedger(database).removals.admit(entry)

      expect(await createLedger(database).removals.find(entry.id)).toMatchObject({ id: entry.id })
    })

    it('is refused before that, with who can help', async () => {
      expect(await openingFails(await aRole(await aDatabase()))).toMatchObject({
        kind: 'PlatformUnavailable',
        message: expect.stringContaining('lacks a right'),
        hint: expect.stringContaining('may create tables'),
      })
    })

    it('whose password changes meanwhile meets an outage, which ends with the new one', async () => {
      const url = await aDatabase()
      const { database } = await open(at(url, () => {}))
      const mine = await aRole(url)
      await asOwner(url, `grant all on all tables in schema public to ${new URL(mine).username}`)
      const { database: distant } = await open(mine)
      const ledger = createLedger(distant)
      expect(await ledger.removals.find('rm_1')).toBeUndefined()

      await database.execute(`alter role ${new URL(mine).username} password 'rotated'`)
      await database.execute(
        `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${new URL(mine).username}'`,
      )
      const failure = await ledger.removals.find('rm_1').catch((error: unknown) => error)
      const later = await ledger.removals.find('rm_1').catch((error: unknown) => error)

      expect(failure).toMatchObject({ kind: 'PlatformUnavailable' })
      expect(later).toMatchObject({
        kind: 'PlatformUnavailable',
        message: expect.stringContaining('password'),
      })
    })
  })
})
