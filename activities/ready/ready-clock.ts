import type { Clock } from '../activity.ts'
import { patient } from '../activity.ts'
import type { ActivityDependencies } from '../dependencies.ts'

/** A gate that says "not ready" after half a minute is of more use than one that waits for an outage to end. */
const READY_BUDGET_MS = 20_000

/** The clock of a step of a readiness check, which goes on through failures for a short time only. */
export function readyClock(deps: ActivityDependencies): Clock {
  return patient(deps, Math.min(READY_BUDGET_MS, deps.settings.outageBudgetMs))
}
