import { randomUUID } from 'node:crypto'
import { eq, TransactionRollbackError } from 'drizzle-orm'
import { isRemovalFailure, RemovalFailure } from '../../domain/removal-failure.ts'
import { failureFromDatabase } from './errors.ts'
import type { Database } from './open-database.ts'
import { budgets, ledgerEntries, removals, vendorJobs } from './schema.ts'

/**
 * Writes what a removal writes, in a transaction that is rolled back: it proves the rights of the database role and
 * leaves nothing. `PlatformUnavailable` with the reason where a statement is refused.
 */
export async function rehearseRemoval(database: Database): Promise<void> {
  try {
    await database.transaction(async (transaction) => {
      await writeRemoval(transaction)
      transaction.rollback()
    })
  } catch (error) {
    if (error instanceof TransactionRollbackError) return
    const failure = failureFromDatabase(error, 'rehearsing a removal')
    throw isRemovalFailure(failure) ? failure : refused(failure)
  }
}

async function writeRemoval(transaction: Pick<Database, 'insert' | 'update' | 'select'>): Promise<void> {
  const id = `rehearsal_${randomUUID()}`
  const createdAt = new Date()
  const variant = { model: 'original', outputFormat: 'webm' }
  await transaction.insert(removals).values({
    ...variant,
    id,
    fingerprint: id,
    workflowId: id,
    project: id,
    source: 'rehearsal',
    background: { type: 'transparent' },
    request: {},
    createdAt,
  })
  await transaction.update(removals).set({ orphanDrafts: 1 }).where(eq(removals.id, id))
  const purchase = { removalId: id, purchase: 1 }
  await transaction
    .insert(vendorJobs)
    .values({ ...variant, ...purchase, vendorJobId: id, keyAlias: 'rehearsal', createdAt })
  await transaction.update(vendorJobs).set({ collected: true }).where(eq(vendorJobs.removalId, id))
  await transaction.insert(budgets).values({ project: id, limitMillicredits: 1, changedAt: createdAt })
  const entry = {
    ...variant,
    ...purchase,
    kind: 'reserve',
    project: id,
    reason: 'rehearsal',
    at: createdAt,
  } as const
  await transaction.insert(ledgerEntries).values([
    { ...entry, account: 'budget', amountMillicredits: -1 },
    { ...entry, account: 'reserved', amountMillicredits: 1 },
  ])
  await transaction.select().from(ledgerEntries).where(eq(ledgerEntries.removalId, id))
}

function refused(error: unknown): RemovalFailure {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new RemovalFailure('PlatformUnavailable', `the ledger refuses what a removal writes: ${reason}`, {
    hint: 'Give the role of DATABASE_URL the rights to select, insert, update and delete in every table of the ledger, and to use its sequences.',
    cause: error,
  })
}
