import type { SQL } from 'drizzle-orm'
import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Variant } from '../../domain/plan-fallback.ts'
import { creditsFromMillicredits } from '../../domain/pricing.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { Model, OutputFormat } from '../../domain/request-values.ts'
import { balanceOf } from './balance-records.ts'
import type { Database } from './open-database.ts'
import type { NewRemovalRecord, Purchase } from './rows.ts'
import type { Account, EntryKind } from './schema.ts'
import { ledgerEntries, removals } from './schema.ts'

/** One change of the ledger about one purchase. */
interface Posting extends Purchase {
  project: string
  variant: Variant
  reason: string
  at: Date
}

/** What credits are held for. */
interface HeldVariant extends Variant {
  amountMillicredits: number
}

/** What an inspection found out of a removal's input, and what it will cost. */
type Inspection = Pick<
  NewRemovalRecord,
  'inputBytes' | 'inputDurationSeconds' | 'inputPictureSeconds' | 'inputContentType' | 'estimatedMillicredits'
>

type Transaction = Pick<Database, 'select' | 'insert' | 'update' | 'execute'>

/** Credits that moved, once their transaction is committed; a posting that changed nothing is not told. */
export interface MovedCredits {
  kind: EntryKind
  project: string
  model: string
  heldMillicredits: number
  chargedMillicredits: number
  /** How the removal ended; `reconciled` where its credits moved after that. */
  state: 'succeeded' | 'failed' | 'cancelled' | 'reconciled' | 'open'
}
export type OnMoved = (moved: MovedCredits) => void

/** Double-entry bookkeeping of credits. Each kind is posted once a purchase; posting again changes nothing. */
export interface CreditEntries {
  /**
   * Holds credits for a purchase, records the inspection that found their amount, and returns what they are held
   * for: of a repeated purchase, what was ordered the first time. Undefined where the removal's record is closed or
   * gone: credits that are held for it would stay held for ever. Throws `BudgetExceeded` when the project's budget
   * has not that much left.
   */
  reserve(
    posting: Posting & {
      amountMillicredits: number
      inspection?: Inspection
    },
  ): Promise<HeldVariant | undefined>
  /** What a purchase was reserved for; undefined where nothing was. */
  held: (purchase: Purchase) => Promise<HeldVariant | undefined>
  /** The purchase was charged: what was held is let go, what the vendor took is spent. */
  settle: (
    posting: Posting & {
      chargedMillicredits: number
    },
  ) => Promise<void>
  /** Nothing was bought: what was held is let go. */
  release: (posting: Posting) => Promise<void>
}

/** Those of one database. */
export function creditEntries(database: Database, onMoved: OnMoved = () => {}): CreditEntries {
  return {
    async reserve(
      posting: Posting & { amountMillicredits: number; inspection?: Inspection },
    ): Promise<HeldVariant | undefined> {
      const { removalId, amountMillicredits, variant, inspection, project } = posting
      let isNew = false
      const held = await database.transaction(async (transaction) => {
        const isOpen = await lockOpenRecord(transaction, posting)
        if (!isOpen) return undefined
        const isPosted = await post(transaction, posting, 'reserve', {
          budget: -amountMillicredits,
          reserved: amountMillicredits,
        })
        if (!isPosted) return heldVariant(transaction, posting)
        isNew = true
        if (inspection !== undefined)
          await transaction.update(removals).set(inspection).where(eq(removals.id, removalId))
        // The trigger that keeps the balance has locked its row: who reserves at the same moment waits for this end.
        const balance = await balanceOf(transaction, posting.project, posting)
        const { reservedMillicredits, spentMillicredits, limitMillicredits } = balance
        if (balance.isClosed) throw new TypeError(closedMessage(posting))
        const leftMillicredits =
          (limitMillicredits ?? Number.POSITIVE_INFINITY) - reservedMillicredits - spentMillicredits
        if (leftMillicredits < 0) throw overBudget(posting, leftMillicredits + amountMillicredits)
        return { ...variant, amountMillicredits }
      })
      if (isNew)
        onMoved({
          kind: 'reserve',
          project,
          model: variant.model,
          heldMillicredits: amountMillicredits,
          chargedMillicredits: 0,
          state: 'open',
        })
      return held
    },

    held: (purchase: Purchase) => heldVariant(database, purchase),

    settle: (posting: Posting & { chargedMillicredits: number }): Promise<void> =>
      close(database, posting, 'settle', posting.chargedMillicredits).then((closing) =>
        tellClosed(closing, onMoved),
      ),

    release: (posting: Posting): Promise<void> =>
      close(database, posting, 'release', 0).then((closing) => tellClosed(closing, onMoved)),
  }
}

/** What closes one purchase of a removal: nothing was charged where it is released. */
export interface ClosingOfPurchase {
  posting: Posting
  kind: 'settle' | 'release'
  heldMillicredits: number
  chargedMillicredits: number
}

/** Posts the closings of several purchases at once. A purchase that was closed before stays as it was. */
export async function postClosings(
  transaction: Transaction,
  closings: readonly ClosingOfPurchase[],
): Promise<void> {
  const rows = closings.flatMap(({ posting, kind, heldMillicredits, chargedMillicredits }) =>
    entriesOf(posting, kind, {
      reserved: -heldMillicredits,
      budget: heldMillicredits,
      ...(kind === 'settle' ? { spent: chargedMillicredits, vendor: -chargedMillicredits } : {}),
    }),
  )
  if (rows.length > 0) await transaction.insert(ledgerEntries).values(rows)
}

const of = ({ removalId, purchase }: Purchase) =>
  and(eq(ledgerEntries.removalId, removalId), eq(ledgerEntries.purchase, purchase))

/** Whether the record of a removal is open; it stays so, and the purchase is this transaction's, until it ends. */
async function lockOpenRecord(transaction: Transaction, purchase: Purchase): Promise<boolean> {
  const found = await transaction
    .select({ id: removals.id, lock: purchaseLock(purchase) })
    .from(removals)
    .where(and(eq(removals.id, purchase.removalId), isNull(removals.document)))
    .for('share')
  return found.length === 1
}

async function heldVariant(transaction: Transaction, purchase: Purchase): Promise<HeldVariant | undefined> {
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

async function close(
  database: Database,
  posting: Posting,
  kind: 'settle' | 'release',
  chargedMillicredits: number,
): Promise<ClosingOfPurchase | null> {
  return database.transaction(async (transaction) => {
    await transaction.execute(sql`select ${purchaseLock(posting)}`)
    const entries = await transaction
      .select({ kind: ledgerEntries.kind, amount: ledgerEntries.amountMillicredits })
      .from(ledgerEntries)
      .where(and(of(posting), eq(ledgerEntries.account, 'reserved')))
    if (entries.some((entry) => entry.kind !== 'reserve')) return null
    const heldMillicredits = entries.reduce((sum, { amount }) => sum + amount, 0)
    const closing = { posting, kind, heldMillicredits, chargedMillicredits }
    await postClosings(transaction, [closing])
    return closing
  })
}

/** What was posted outside of a removal's own end. */
function tellClosed(closing: ClosingOfPurchase | null, onMoved: OnMoved): void {
  if (closing !== null) onMoved({ ...movedBy(closing), state: 'reconciled' })
}

/** What a closing moved. */
export function movedBy({ posting, kind, ...amounts }: ClosingOfPurchase): Omit<MovedCredits, 'state'> {
  return { kind, project: posting.project, model: posting.variant.model, ...amounts }
}

/** Two postings of one purchase at the same moment would each see nothing yet. */
function purchaseLock({ removalId, purchase }: Purchase): SQL {
  return sql`pg_advisory_xact_lock(hashtextextended(${`${removalId}/${purchase}`}, 0))`
}

/** False where this kind was posted for the purchase before. */
async function post(
  transaction: Transaction,
  posting: Posting,
  kind: EntryKind,
  amounts: Partial<Record<Account, number>>,
): Promise<boolean> {
  const posted = await transaction
    .insert(ledgerEntries)
    .values(entriesOf(posting, kind, amounts))
    .onConflictDoNothing()
    .returning({ id: ledgerEntries.id })
  return posted.length > 0
}

function entriesOf(
  { removalId, purchase, project, variant, reason, at }: Posting,
  kind: EntryKind,
  amounts: Partial<Record<Account, number>>,
): (typeof ledgerEntries.$inferInsert)[] {
  const { model, outputFormat } = variant
  return Object.entries(amounts).map(([account, amountMillicredits]) => ({
    ...{ removalId, purchase, kind, project, model, outputFormat, amountMillicredits, reason, at },
    account: account as Account,
  }))
}

function closedMessage({ removalId, purchase }: Purchase): string {
  return `purchase ${purchase} of removal ${removalId} was settled or released: nothing can be held for it`
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
