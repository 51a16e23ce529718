import { allHandlersFinished, condition, continueAsNew, workflowInfo } from '@temporalio/workflow'
import type { CarriedState, Removal } from './removal.ts'

/** The arguments of `removeBackground` that a new run of the same removal gets. */
type NextRun = (
  request: Removal['request'],
  staged: Removal['staged'],
  carried: CarriedState,
) => Promise<never>

/**
 * Starts a new run where Temporal suggests it, so that a removal may be parked and woken without end. The new
 * run repeats the story from its beginning; the books answer whatever was done.
 */
export async function renewHistory(removal: Removal): Promise<void> {
  if (workflowInfo().continueAsNewSuggested) await startOver(removal)
}

/** A new run of the same removal from its beginning: what was done is not done again, and what was lost is recorded. */
export async function startOver(removal: Removal): Promise<never> {
  await condition(allHandlersFinished)
  const { deadlineAtMs, parks } = removal
  return continueAsNew<NextRun>(removal.request, removal.staged, { deadlineAtMs, parks })
}
