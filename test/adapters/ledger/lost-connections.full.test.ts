import { describe, expect, it, onTestFinished } from 'vitest'
import { failureFromDatabase } from '../../../adapters/ledger/errors.ts'
import { createLedger } from '../../../adapters/ledger/ledger.ts'
import { openDatabase } from '../../../adapters/ledger/open-database.ts'
import { removals } from '../../../adapters/ledger/schema.ts'
import { isRemovalFailure } from '../../../domain/removal-failure.ts'
import { severableLine } from './support/severable-line.ts'
import { aRemoval, DATABASES, useLedger } from './support/use-ledger.ts'

describe.each(DATABASES)('a connection to %s', (kind) => {
  const { ledger, url } = useLedger(kind)

  async function overALine() {
    const line = await severableLine(url())
    const { database, close } = await openDatabase(line.url)
    onTestFinished(close)
    return { line, database, ledger: createLedger(database) }
  }

  describe('that is lost in the middle of a transaction', () => {
    it('leaves nothing of it, and the next question is answered', async () => {
      const { line, database, ledger: distant } = await overALine()
      const entry = aRemoval()

      const transaction = database.transaction(async (open) => {
        await open.insert(removals).values(entry)
        line.cut()
        await open.insert(removals).values(aRemoval())
      })

      await expect(transaction).rejects.toThrow()
      expect(await ledger().removals.find(entry.id)).toBeUndefined()
      expect(await distant.removals.admit(entry)).toMatchObject({ outcome: 'admitted' })
    })
  })

  describe('to a database that is gone', () => {
    it('is an outage of the platform that names no address and no password', async () => {
      const { line, ledger: distant } = await overALine()
      await line.takeDown()

      const failure = await failureOf(distant.removals.find('rm_1'))

      expect(failure.kind).toBe('PlatformUnavailable')
      expect(failure.message).toContain('ledger, find')
      expect(failure.message).not.toMatch(/postgres|secret-word|127\.0\.0\.1/)
    })

    it('cannot be opened, and says no more', async () => {
      const { line } = await overALine()
      await line.takeDown()

      const failure = await failureOf(openDatabase(line.url))

      expect(failure.kind).toBe('PlatformUnavailable')
      expect(JSON.stringify(failure.toDocument())).not.toMatch(/postgres:|secret-word/)
    })
  })

  describe('over which a wrong statement goes', () => {
    it('shows a bug of ours, not an outage', async () => {
      const error = await ledger()
        .vendorJobs.recordDraft({ removalId: 'rm_none' } as never)
        .catch((caught: unknown) => caught)

      expect(isRemovalFailure(error)).toBe(false)
    })
  })
})

describe('an error of a database', () => {
  it.each(['08006', '53300', '57P01', '40001', '40P01', '55P03', '25P02', 'ECONNRESET'])(
    'that time can mend is an outage: %s',
    (code) => {
      expect(failureFromDatabase(coded(code), 'find')).toMatchObject({ kind: 'PlatformUnavailable' })
    },
  )

  it.each(['23505', '42601', '22001', 'P0001'])('that time cannot mend stays what it is: %s', (code) => {
    const error = coded(code)

    expect(failureFromDatabase(error, 'find')).toBe(error)
  })

  it.each([
    '28P01',
    '28000',
    '3D000',
    '3F000',
    '42501',
    '42P01',
    '42703',
    '25006',
    'SELF_SIGNED_CERT_IN_CHAIN',
  ])('that a person can mend is an outage that says how: %s', (code) => {
    expect(failureFromDatabase(coded(code), 'find')).toMatchObject({
      kind: 'PlatformUnavailable',
      facts: { hint: expect.stringMatching(/\w/) },
    })
  })
})

function coded(code: string): Error {
  return Object.assign(new Error('the database said no'), { code })
}

async function failureOf(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  )
  if (isRemovalFailure(error)) return error
  throw new Error('no failure of ours', { cause: error })
}
