import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import type { WorkerRecord } from '../../../domain/worker-record.ts'
import { DATABASES, useLedger } from './support/use-ledger.ts'

const worker = (id: string, more: Partial<WorkerRecord> = {}): WorkerRecord => ({
  id,
  namespace: 'default',
  identity: `7@${id}`,
  version: '0.2.0',
  build: '0.2.0+abc',
  breakers: [],
  calls: 0,
  failedCalls: 0,
  ...more,
})

describe.each(DATABASES)('the workers of a namespace in the ledger (%s)', (database) => {
  const { ledger, database: open } = useLedger(database)
  /** As if they had said their last word so long ago. */
  const silence = (id: string, seconds: number) =>
    open().execute(
      sql`update workers set seen_at = now() - ${seconds} * interval '1 second' where id = ${id}`,
    )

  it('are seen with what they said last, and one of them reports', async () => {
    const { workers } = ledger()
    const breaker = { operation: 'getJob', state: 'open' as const, since: '2026-11-29T12:00:00.000Z' }

    expect(await workers.beat(worker('first'))).toBe(true)
    expect(await workers.beat(worker('second', { breakers: [breaker], calls: 12, failedCalls: 10 }))).toBe(
      false,
    )
    expect(await workers.beat(worker('first'))).toBe(true)
    expect(await workers.beat(worker('elsewhere', { namespace: 'another' }))).toBe(true)

    const seen = await workers.seen('default')
    expect(seen.map(({ id }) => id)).toEqual(['first', 'second'])
    expect(seen[1]).toMatchObject({ identity: '7@second', breakers: [breaker], calls: 12, failedCalls: 10 })
    expect(seen[1]?.silentMs).toBeLessThan(20_000)
  })

  it('name one that has fallen silent, and another reports in its place, until it is back', async () => {
    const { workers } = ledger()
    await silence('first', 25)

    expect(await workers.beat(worker('second'))).toBe(true)
    expect((await workers.seen('default'))[0]?.silentMs).toBeGreaterThanOrEqual(25_000)

    expect(await workers.beat(worker('first'))).toBe(true)
    expect(await workers.beat(worker('second'))).toBe(false)
  })

  it('forget one that says goodbye, and one that was killed long ago', async () => {
    const { workers } = ledger()
    await silence('first', 1_000)
    expect((await workers.seen('default')).map(({ id }) => id)).toEqual(['second'])

    await workers.leave('second')

    expect(await workers.seen('default')).toEqual([])
    const { rows } = await open().execute(sql`select id from workers order by id`)
    expect(rows).toEqual([{ id: 'elsewhere' }])
  })
})
