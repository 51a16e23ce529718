import type { OurPurchase } from '../../domain/reconcile/our-purchase.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { isWorkflowRunning } from '../is-workflow-running.ts'

/** Each costs a question to Temporal; more unfinished removals than this are looked at over several runs. */
const MOST_QUESTIONS = 2_000

/** The removals with an open record whose workflow does not run: terminated by an operator, or forgotten. */
export async function findAbandoned(
  purchases: readonly OurPurchase[],
  beat: () => void,
  { ledger }: Pick<ActivityDependencies, 'ledger'>,
): Promise<Set<string>> {
  const unfinished = new Map(
    purchases
      .filter(({ isRemovalClosed }) => !isRemovalClosed)
      .map(({ removalId, workflowId }) => [removalId, workflowId]),
  )
  const abandoned = new Set<string>()
  for (const [removalId, workflowId] of [...unfinished].slice(0, MOST_QUESTIONS)) {
    beat()
    if (await isWorkflowRunning(workflowId)) continue
    // It may have ended between the two questions, and have closed its record before.
    const record = await ledger.removals.find(removalId)
    if (record?.closedAt === null) abandoned.add(removalId)
  }
  return abandoned
}
