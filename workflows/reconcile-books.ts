import { isCancellation, workflowInfo } from '@temporalio/workflow'
import { DEFAULT_POLICY_SETTINGS } from '../domain/policies.ts'
import type { ReconcileReport, ReconcileRequest } from '../domain/reconcile/reconcile-report.ts'
import { RemovalFailure } from '../domain/removal-failure.ts'
import { asThrowable, reconciliationUnder, stepFailureFrom } from './activities.ts'

/**
 * Compares our ledger with the vendor's, settles what outlived its removal, and names every difference.
 *
 * @returns the report; fails with the kind of what kept it from the vendor or the ledger for the outage budget
 */
export async function reconcileBooks(request: ReconcileRequest): Promise<ReconcileReport> {
  if (!Number.isInteger((request as ReconcileRequest | null)?.days))
    throw asThrowable(new RemovalFailure('InvalidRequest', 'days: expected a number of days, 1 to 90'))
  const compare = reconciliationUnder(DEFAULT_POLICY_SETTINGS)
  const startedAt = workflowInfo().startTime.toISOString()
  try {
    return await compare({ ...request, startedAt }, { summary: `reconcile the last ${request.days} days` })
  } catch (error) {
    const failure = isCancellation(error) ? undefined : stepFailureFrom(error)?.failure
    throw failure === undefined ? error : asThrowable(failure)
  }
}
