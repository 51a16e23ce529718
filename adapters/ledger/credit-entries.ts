import { and, eq, sql } from 'drizzle-orm'
import type { Variant } from '../../domain/plan-fallback.ts'
import { creditsFromMillicredits } from '../../domain/pricing.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { Model, OutputFormat } from '../../domain/request-values.ts'
import type { Database } from './open-database.ts'
import type { Account, EntryKind } from './schema.ts'
import { budgets, ledgerEntries } from './schema.ts'
import type { Purchase } from './vendor-job-records.ts'

/** One change of the books about one purchase. */
export interface Posting extends Purchase {
  project: string
  order: Variant
  reason: string
  at: Date
}

/** What credits are held for. */
export interface HeldOrder extends Variant {
  amountMillicredits: number
}

/** The balances of a project, in millicredits: what is held for purchases, and what the vendor got. */
export interface ProjectBalance {
  reservedMillicredits: number
  spentMillicredits: number
  /** Null where the project has no budget. */
  limitMillicredits: number | null
}

/** Double-entry bookkeeping of credits. Each kind is posted once a purchase; posting again changes nothing. */
export function creditEntries(database: Database) {
  return {
    /**
     * Holds credits for a purchase and returns what they are held for: of a repeated purchase, what was ordered
     * the first time. Throws `BudgetExceeded` when the project's budget has not that much left.
     */
    async reserve(posting: Posting & { amountMillicredits: number }): Promise<HeldOrder> {
      return database.transaction(async (transaction) => {
        const [budget] = await transaction
          .select()
          .from(budgets)
          .where(eq(budgets.project, posting.project))
          .for('update')
        await lockPurchase(transaction, posting)
        const held = await heldOrder(transaction, posting)
        if (held !== undefined) return held
        // Credits that are held for what was closed before would stay held for ever.
        if (await isClosed(transaction, posting)) throw new TypeError(closedMessage(posting))
        if (budget !== undefined) {
          const { reservedMillicredits, spentMillicredits } = await balanceOf(transaction, posting.project)
          const leftMillicredits = budget.limitMillicredits - reservedMillicredits - spentMillicredits
          if (posting.amountMillicredits > leftMillicredits) throw overBudget(posting, leftMillicredits)
        }
        const { amountMillicredits, order } = posting
        await post(transaction, posting, 'reserve', {
          budget: -amountMillicredits,
          reserved: amountMillicredits,
        })
        return { ...order, amountMillicredits }
      })
    },

    /** What a purchase was reserved for; undefined where nothing was. */
    held: (purchase: Purchase) => heldOrder(database, purchase),

    /** The purchase was charged: what was held is let go, what the vendor took is spent. */
    async settle(posting: Posting & { chargedMillicredits: number }): Promise<void> {
      await database.transaction(async (transaction) => {
        if (await isClosed(transaction, posting)) return
        const held = await heldFor(transaction, posting)
        const { chargedMillicredits } = posting
        await post(transaction, posting, 'settle', {
          reserved: -held,
          budget: held,
          spent: chargedMillicredits,
          vendor: -chargedMillicredits,
        })
      })
    },

    /** Nothing was bought: what was held is let go. */
    async release(posting: Posting): Promise<void> {
      await database.transaction(async (transaction) => {
        if (await isClosed(transaction, posting)) return
        const held = await heldFor(transaction, posting)
        await post(transaction, posting, 'release', { reserved: -held, budget: held })
      })
    },

    balance: (project: string) => balanceOf(database, project),

    /** Sets what a project may hold and spend in all; null lifts the limit. */
    async setBudget(project: string, limitMillicredits: number | null, changedAt: Date): Promise<void> {
      if (limitMillicredits === null) {
        await database.delete(budgets).where(eq(budgets.project, project))
        return
      }
      await database
        .insert(budgets)
        .values({ project, limitMillicredits, changedAt })
        .onConflictDoUpdate({ target: budgets.project, set: { limitMillicredits, changedAt } })
    },
  }
}

type Transaction = Pick<Database, 'select' | 'insert' | 'execute'>

const of = ({ removalId, purchase }: Purchase) =>
  and(eq(ledgerEntries.removalId, removalId), eq(ledgerEntries.purchase, purchase))

async function isPosted(transaction: Transaction, posting: Purchase, kind: EntryKind): Promise<boolean> {
  const found = await transaction
    .select({ id: ledgerEntries.id })
    .from(ledgerEntries)
    .where(and(of(posting), eq(ledgerEntries.kind, kind)))
    .limit(1)
  return found.length > 0
}

async function heldOrder(transaction: Transaction, purchase: Purchase): Promise<HeldOrder | undefined> {
  const [row] = await transaction
    .select()
    .from(ledgerEntries)
    .where(and(of(purchase), eq(ledgerEntries.kind, 'reserve'), eq(ledgerEntries.account, 'reserved')))
  if (row === undefined) return undefined
  return {
    model: row.model as Model,
    outputFormat: row.outputFormat as OutputFormat,
    amountMillicredits: row.amountMillicredits,
  }
}

/** A purchase is settled or released, whichever came first; never both. */
async function isClosed(transaction: Transaction, posting: Purchase): Promise<boolean> {
  await lockPurchase(transaction, posting)
  return (await isPosted(transaction, posting, 'settle')) || (await isPosted(transaction, posting, 'release'))
}

/** Two postings of one purchase at the same moment would each see nothing yet. */
async function lockPurchase(transaction: Transaction, { removalId, purchase }: Purchase): Promise<void> {
  await transaction.execute(
    sql`select pg_advisory_xact_lock(hashtextextended(${`${removalId}/${purchase}`}, 0))`,
  )
}

function closedMessage({ removalId, purchase }: Purchase): string {
  return `purchase ${purchase} of removal ${removalId} was settled or released: nothing can be held for it`
}

async function heldFor(transaction: Transaction, posting: Purchase): Promise<number> {
  const [row] = await transaction
    .select({ held: sql<string>`coalesce(sum(${ledgerEntries.amountMillicredits}), 0)` })
    .from(ledgerEntries)
    .where(and(of(posting), eq(ledgerEntries.account, 'reserved')))
  return Number(row?.held ?? 0)
}

async function post(
  transaction: Transaction,
  posting: Posting,
  kind: EntryKind,
  amounts: Partial<Record<Account, number>>,
): Promise<void> {
  const { removalId, purchase, project, order, reason, at } = posting
  const rows = Object.entries(amounts).map(([account, amountMillicredits]) => ({
    removalId,
    purchase,
    kind,
    account: account as Account,
    project,
    ...order,
    amountMillicredits,
    reason,
    at,
  }))
  await transaction.insert(ledgerEntries).values(rows)
}

async function balanceOf(transaction: Transaction, project: string): Promise<ProjectBalance> {
  const rows = await transaction
    .select({
      account: ledgerEntries.account,
      balance: sql<string>`sum(${ledgerEntries.amountMillicredits})`,
    })
    .from(ledgerEntries)
    .where(eq(ledgerEntries.project, project))
    .groupBy(ledgerEntries.account)
  const [budget] = await transaction.select().from(budgets).where(eq(budgets.project, project))
  const of = (account: Account): number => Number(rows.find((row) => row.account === account)?.balance ?? 0)
  return {
    reservedMillicredits: of('reserved'),
    spentMillicredits: of('spent'),
    limitMillicredits: budget?.limitMillicredits ?? null,
  }
}

function overBudget(
  { project, amountMillicredits }: Posting & { amountMillicredits: number },
  leftMillicredits: number,
): RemovalFailure {
  const [asked, left] = [
    creditsFromMillicredits(amountMillicredits),
    creditsFromMillicredits(Math.max(0, leftMillicredits)),
  ]
  return new RemovalFailure(
    'BudgetExceeded',
    `estimated ${asked} credits, the budget of project ${project} has ${left} left`,
    {
      hint: `Raise the budget (\`matteflow budget ${project}\` shows it, its flag --credits sets it), or choose a cheaper model or a shorter video.`,
    },
  )
}
