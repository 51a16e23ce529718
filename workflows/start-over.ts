import { allHandlersFinished, condition, continueAsNew } from '@temporalio/workflow'
import type { CarriedState, RemovalRun } from './removal-run.ts'

/**
 * A new run of the same removal: what was done is not done again, since the ledger answers, and what was decided is
 * carried. Where the ledger lost its records, the new run makes them anew.
 */
export async function startOver(run: RemovalRun, { recordsLost = false } = {}): Promise<never> {
  await condition(allHandlersFinished)
  const carried = run.carried()
  type NextRun = (...args: [RemovalRun['request'], RemovalRun['staged'], CarriedState]) => Promise<never>
  return continueAsNew<NextRun>(run.request, run.staged, recordsLost ? unrecorded(carried) : carried)
}

/** A success is recorded by the steps that led to it; how else a removal was to end needs no step of it. */
function unrecorded(carried: CarriedState): CarriedState {
  const ending = carried.ending ?? null
  return { ...carried, vendorJobId: null, ending: ending?.state === 'succeeded' ? null : ending }
}
