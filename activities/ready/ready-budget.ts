import type { ActivityDependencies } from '../dependencies.ts'

/** A gate that says "not ready" after half a minute is of more use than one that waits for an outage to end. */
const READY_BUDGET_MS = 20_000

/** How long a step of a readiness check goes on through failures. */
export function readyBudgetMs({ settings }: Pick<ActivityDependencies, 'settings'>): number {
  return Math.min(READY_BUDGET_MS, settings.outageBudgetMs)
}
