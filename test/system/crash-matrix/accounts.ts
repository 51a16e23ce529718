import { randomUUID } from 'node:crypto'
import { TASK_QUEUES } from '../../../domain/policies.ts'
import type { Difference } from '../../../domain/reconcile/difference.ts'
import type { reconcileBooks } from '../../../workflows/index.ts'
import { RECONCILE_BOOKS } from '../../../workflows/messages.ts'
import type { Plant } from '../plant/plant.ts'

/** What `reconcile` finds between our ledger and the vendor's records, but for drafts that were never started: they cost nothing. */
export async function differencesIn({ client }: Plant): Promise<Difference[]> {
  const { differences } = await client.workflow.execute<typeof reconcileBooks>(RECONCILE_BOOKS, {
    workflowId: `reconcile/${randomUUID()}`,
    taskQueue: TASK_QUEUES.own,
    args: [{ project: null, days: 1 }],
  })
  return differences.filter(({ kind }) => kind !== 'orphan-drafts')
}
