import { isCancellation, proxyActivities, workflowInfo } from '@temporalio/workflow'
import type { Activities } from '../activities/index.ts'
import { RECONCILE_POLICY } from '../domain/reconcile/reconcile-policy.ts'
import type { ReconcileReport, ReconcileRequest } from '../domain/reconcile/reconcile-report.ts'
import { asThrowable, stepFailureFrom } from './failure-kind.ts'

const { reconcileBooks: compare } = proxyActivities<Pick<Activities, 'reconcileBooks'>>({
  taskQueue: RECONCILE_POLICY.taskQueue,
  startToCloseTimeout: RECONCILE_POLICY.startToCloseTimeoutMs,
  scheduleToCloseTimeout: RECONCILE_POLICY.scheduleToCloseTimeoutMs,
  heartbeatTimeout: RECONCILE_POLICY.heartbeatTimeoutMs,
})

/**
 * Compares our books with the vendor's, settles what outlived its removal, and names every difference.
 *
 * @returns the report; fails with the kind of what kept it from the vendor or the books for two hours
 */
export async function reconcileBooks(request: ReconcileRequest): Promise<ReconcileReport> {
  try {
    return await compare({ ...request, startedAt: workflowInfo().startTime.toISOString() })
  } catch (error) {
    const failure = isCancellation(error) ? undefined : stepFailureFrom(error)?.document
    throw failure === undefined ? error : asThrowable(failure)
  }
}
