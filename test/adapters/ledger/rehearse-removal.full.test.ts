import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../../adapters/ledger/open-database.ts'
import { rehearseRemoval } from '../../../adapters/ledger/rehearse-removal.ts'
import { budgets, ledgerEntries, removals, vendorJobs } from '../../../adapters/ledger/schema.ts'
import { DATABASES, useLedger } from './support/use-ledger.ts'

describe.each(DATABASES)('a rehearsed removal in %s', (kind) => {
  const { database, url } = useLedger(kind)

  it('succeeds and leaves nothing', async () => {
    await rehearseRemoval(database())

    for (const table of [removals, vendorJobs, ledgerEntries, budgets])
      expect(await database().select().from(table)).toEqual([])
  })

  it('is refused for a role that may read only, in one sentence with what to do', async () => {
    await database().execute(sql`create role reader`)
    await database().execute(sql`grant select on all tables in schema public to reader`)
    // One connection, since a role is set for a session.
    const session = await openDatabase(url(), { poolSize: 1 })
    await session.database.execute(sql`set role reader`)
    const refusal = rehearseRemoval(session.database)

    await expect(refusal).rejects.toMatchObject({
      kind: 'PlatformUnavailable',
      message: expect.stringMatching(/lacks a right/),
      facts: { hint: expect.stringContaining('Grant the role SELECT') },
    })
    await session.database.execute(sql`reset role`)
    await session.close()
  })
})
