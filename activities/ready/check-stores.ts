import { activity } from '../activity.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { readyClock } from './ready-clock.ts'

/** Writes what a removal writes into the ledger, and takes it back. */
export function checkLedger(deps: ActivityDependencies) {
  return activity(async (): Promise<void> => {
    await deps.ledger.readiness.rehearse()
  }, readyClock(deps))
}

/** Does in the storage what a removal does, with small objects of its own. */
export function checkStorage(deps: ActivityDependencies) {
  return activity(async (): Promise<void> => {
    await deps.storage.check()
  }, readyClock(deps))
}
