import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import type { Purchase } from '../../../adapters/ledger/rows.ts'
import { AT, aRemoval, DATABASES, useLedger } from './support/use-ledger.ts'

const ORDER = { model: 'human', outputFormat: 'webm' } as const

describe.each(DATABASES)('credits in %s', (kind) => {
  const { ledger, database } = useLedger(kind)
  const credits = () => ledger().credits

  /** A removal in a project of its own, so that balances are its alone. */
  async function aPosting() {
    const removal = aRemoval()
    const project = removal.id.slice(-20)
    await ledger().removals.admit({ ...removal, project })
    return { removalId: removal.id, purchase: 1, project, variant: ORDER, reason: 'a test', at: AT }
  }

  const sumOf = async ({ removalId }: Purchase): Promise<number> => {
    const { rows } = await database().execute(
      sql`select coalesce(sum(amount_millicredits), 0)::int as total from ledger_entries where removal_id = ${removalId}`,
    )
    return Number((rows[0] as { total: number }).total)
  }

  describe('a purchase that is reserved', () => {
    it('holds its credits once, whatever a repeated activity asks for', async () => {
      const posting = await aPosting()
      const dearer = { ...posting, variant: { ...ORDER, model: 'pro' as const }, amountMillicredits: 9_000 }

      const first = await credits().reserve({ ...posting, amountMillicredits: 2_250 })
      const again = await credits().reserve(dearer)

      expect(first).toEqual({ ...ORDER, amountMillicredits: 2_250 })
      expect(again).toEqual(first)
      expect(await credits().held(posting)).toEqual(first)
      expect(await credits().balance(posting.project)).toMatchObject({
        reservedMillicredits: 2_250,
        spentMillicredits: 0,
      })
    })

    it('is reserved once by several attempts at the same moment', async () => {
      const postings = await Promise.all(Array.from({ length: 20 }, () => aPosting()))

      for (const posting of postings) {
        const attempts = Array.from({ length: 3 }, () =>
          credits().reserve({ ...posting, amountMillicredits: 100 }),
        )

        expect(await Promise.all(attempts)).toEqual(Array(3).fill({ ...ORDER, amountMillicredits: 100 }))
        expect(await credits().balance(posting.project)).toMatchObject({ reservedMillicredits: 100 })
      }
    })
  })

  describe('a purchase that was charged', () => {
    it('is settled once, with what the vendor took', async () => {
      const posting = await aPosting()
      await credits().reserve({ ...posting, amountMillicredits: 2_250 })

      await credits().settle({ ...posting, chargedMillicredits: 2_400 })
      await credits().settle({ ...posting, chargedMillicredits: 9_999 })
      await credits().release(posting)

      expect(await credits().balance(posting.project)).toEqual({
        reservedMillicredits: 0,
        spentMillicredits: 2_400,
        limitMillicredits: null,
      })
      expect(await sumOf(posting)).toBe(0)
    })
  })

  describe('a purchase that bought nothing', () => {
    it('is released once, and stays released', async () => {
      const posting = await aPosting()
      await credits().reserve({ ...posting, amountMillicredits: 2_250 })

      await Promise.all(Array.from({ length: 5 }, () => credits().release(posting)))
      await credits().settle({ ...posting, chargedMillicredits: 2_250 })

      expect(await credits().balance(posting.project)).toMatchObject({
        reservedMillicredits: 0,
        spentMillicredits: 0,
      })
      expect(await sumOf(posting)).toBe(0)
    })
  })

  describe('a project with a budget', () => {
    it('holds no more than that over all its removals, also at the same moment', async () => {
      const [first, ...others] = await Promise.all(Array.from({ length: 6 }, () => aPosting()))
      const project = first!.project
      await credits().setBudget(project, 5_000, AT)

      const outcomes = await Promise.allSettled(
        [first!, ...others].map((posting) =>
          credits().reserve({ ...posting, project, amountMillicredits: 2_000 }),
        ),
      )

      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
      for (const outcome of outcomes)
        if (outcome.status === 'rejected')
          expect(outcome.reason).toMatchObject({
            kind: 'BudgetExceeded',
            message: expect.stringContaining(project),
          })
      expect(await credits().balance(project)).toMatchObject({ reservedMillicredits: 4_000 })
    })

    it('has no limit any more once it was lifted', async () => {
      const posting = await aPosting()
      await credits().setBudget(posting.project, 1, AT)
      await expect(credits().reserve({ ...posting, amountMillicredits: 2 })).rejects.toMatchObject({
        kind: 'BudgetExceeded',
      })

      await credits().setBudget(posting.project, null, AT)

      expect(await credits().reserve({ ...posting, amountMillicredits: 2 })).toMatchObject({
        amountMillicredits: 2,
      })
    })
  })

  describe('whoever reaches past the ledger', () => {
    it('cannot change, remove or unbalance entries', async () => {
      const posting = await aPosting()
      await credits().reserve({ ...posting, amountMillicredits: 10 })
      const { removalId, project } = posting
      const refused = [
        sql`update ledger_entries set amount_millicredits = 1 where removal_id = ${removalId}`,
        sql`delete from ledger_entries where removal_id = ${removalId}`,
        sql`truncate ledger_entries`,
        sql`insert into ledger_entries (removal_id, purchase, kind, account, project, model, output_format, amount_millicredits, reason, at)
            values (${removalId}, 1, 'settle', 'spent', ${project}, 'human', 'webm', 5, 'a gift', now())`,
      ]

      for (const statement of refused) await expect(database().execute(statement)).rejects.toThrow()

      expect(await credits().balance(project)).toMatchObject({
        reservedMillicredits: 10,
        spentMillicredits: 0,
      })
    })
  })
})
