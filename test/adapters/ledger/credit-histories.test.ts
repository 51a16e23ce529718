import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Ledger } from '../../../adapters/ledger/ledger.ts'
import { createLedger } from '../../../adapters/ledger/ledger.ts'
import type { Database } from '../../../adapters/ledger/open-database.ts'
import { AT, aRemoval, useLedger } from './support/use-ledger.ts'

const ORDER = { model: 'human', outputFormat: 'webm' } as const
const REMOVALS = 3
const PURCHASES = 2

/** One thing that an activity may do; `crashes` ends the process just before its commit. */
interface Deed {
  kind: 'reserve' | 'settle' | 'release'
  removal: number
  purchase: number
  millicredits: number
  crashes: boolean
}

const deed: fc.Arbitrary<Deed> = fc.record({
  kind: fc.constantFrom('reserve', 'settle', 'release'),
  removal: fc.nat({ max: REMOVALS - 1 }),
  purchase: fc.integer({ min: 1, max: PURCHASES }),
  millicredits: fc.nat({ max: 10_000 }),
  crashes: fc.boolean(),
})
const history = fc.array(deed, { maxLength: 20 })
const RUNS = { numRuns: 25, endOnFailure: true }

/** What one purchase may have come to, kept without a database. */
interface Purchased {
  held: number | null
  closed: 'settle' | 'release' | null
  spent: number
}

describe('any history of purchases, repeats and crashes', () => {
  const { ledger, database } = useLedger('PGlite')

  it('leaves the sums that its deeds come to, one after the other', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (deeds) => {
        const stage = await aStage()
        const model = new Map<string, Purchased>()
        for (const each of deeds) {
          const isDone = await stage.run(each)
          if (isDone) expectDeed(model, each)
        }

        const { reserved, spent } = await stage.balance()
        const all = [...model.values()]
        expect(spent).toBe(all.reduce((sum, purchase) => sum + purchase.spent, 0))
        expect(reserved).toBe(
          all.reduce((sum, purchase) => sum + (purchase.closed === null ? (purchase.held ?? 0) : 0), 0),
        )
        await stage.expectSound()
      }),
      RUNS,
    )
  }, 60_000)

  it('stays sound when everything happens at the same moment, and holds nothing once all is closed', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (deeds) => {
        const stage = await aStage()

        await Promise.all(deeds.map((each) => stage.run(each)))

        await stage.expectSound()
        await Promise.all(everyPurchase().map((purchase) => stage.run({ ...purchase, kind: 'release' })))
        expect((await stage.balance()).reserved).toBe(0)
        await stage.expectSound()
      }),
      RUNS,
    )
  }, 60_000)

  it('never holds and spends more than the budget allowed at its reservations', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.nat({ max: 20_000 }), async (deeds, limit) => {
        const stage = await aStage()
        await ledger().credits.setBudget(stage.project, limit, AT)

        await Promise.all(deeds.map((each) => stage.run({ ...each, kind: 'reserve' })))

        const { reserved, spent } = await stage.balance()
        expect(reserved + spent).toBeLessThanOrEqual(limit)
      }),
      RUNS,
    )
  }, 60_000)

  /** Removals of a project of their own. */
  async function aStage() {
    const project = aRemoval().id.slice(-20)
    const removals = Array.from({ length: REMOVALS }, () => aRemoval({ project }))
    for (const removal of removals) await ledger().removals.admit(removal)
    const crashing = createLedger(crashingBeforeCommit(database()))
    return {
      project,
      /** False when nothing was committed: the deed crashed, or the ledger refused it. */
      async run({ kind, removal, purchase, millicredits, crashes }: Deed): Promise<boolean> {
        const removalId = removals[removal]!.id
        const posting = { removalId, purchase, project, variant: ORDER, reason: 'a deed', at: AT }
        try {
          await post((crashes ? crashing : ledger()).credits, kind, posting, millicredits)
          return true
        } catch (error) {
          if (isExpected(error)) return false
          throw error
        }
      },
      async balance() {
        const { reservedMillicredits, spentMillicredits } = await ledger().credits.balance(project)
        return { reserved: reservedMillicredits, spent: spentMillicredits }
      },
      async expectSound() {
        const { rows } = await database().execute(sql`
          select removal_id, purchase, sum(amount_millicredits)::int as total,
            coalesce(sum(amount_millicredits) filter (where account = 'reserved'), 0)::int as held,
            count(distinct kind) filter (where kind <> 'reserve')::int as closings
          from ledger_entries where project = ${project} group by 1, 2`)
        for (const row of rows) {
          expect(row).toMatchObject({ total: 0 })
          expect(row['held']).toBeGreaterThanOrEqual(0)
          expect(row['closings']).toBeLessThanOrEqual(1)
        }
        expect(await ledger().credits.wrongBalances()).toEqual([])
      },
    }
  }
})

type Posting = Parameters<Ledger['credits']['release']>[0]

function post(
  credits: Ledger['credits'],
  kind: Deed['kind'],
  posting: Posting,
  amount: number,
): Promise<unknown> {
  if (kind === 'reserve') return credits.reserve({ ...posting, amountMillicredits: amount })
  if (kind === 'settle') return credits.settle({ ...posting, chargedMillicredits: amount })
  return credits.release(posting)
}

/** What the ledger promises of a deed that was committed. */
function expectDeed(model: Map<string, Purchased>, { kind, removal, purchase, millicredits }: Deed): void {
  const key = `${removal}/${purchase}`
  const known = model.get(key) ?? { held: null, closed: null, spent: 0 }
  model.set(key, known)
  if (kind === 'reserve') known.held ??= millicredits
  else if (known.closed === null) {
    known.closed = kind
    if (kind === 'settle') known.spent = millicredits
  }
}

function everyPurchase(): Omit<Deed, 'kind'>[] {
  return Array.from({ length: REMOVALS * PURCHASES }, (_, index) => ({
    removal: index % REMOVALS,
    purchase: 1 + Math.floor(index / REMOVALS),
    millicredits: 0,
    crashes: false,
  }))
}

class Crash extends Error {}

/** Every transaction does all of its work, and dies before it can commit. */
function crashingBeforeCommit(database: Database): Database {
  return new Proxy(database, {
    get(target, name) {
      if (name !== 'transaction') return Reflect.get(target, name)
      return (work: Parameters<Database['transaction']>[0]) =>
        target.transaction(async (transaction) => {
          await work(transaction)
          throw new Crash()
        })
    },
  })
}

function isExpected(error: unknown): boolean {
  if (error instanceof Crash || (error as { kind?: string }).kind === 'BudgetExceeded') return true
  return error instanceof TypeError && error.message.includes('was settled or released')
}
