import { log } from '@temporalio/activity'
import type { Admission } from '../../adapters/ledger/removal-records.ts'
import type { NewRemovalRecord } from '../../adapters/ledger/rows.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { isWorkflowRunning } from '../is-workflow-running.ts'

/**
 * Records a request. Where another open removal makes the same thing, and neither was given its id nor asked for as a
 * new one, the request joins that one: of callers that come at the same moment, one buys. It stays joined, also when
 * the other one fails. A removal whose workflow is gone holds nobody up.
 */
export async function admitOrJoin(
  entry: NewRemovalRecord,
  { ledger }: Pick<ActivityDependencies, 'ledger'>,
): Promise<Exclude<Admission, { outcome: 'taken' }>> {
  for (;;) {
    const admission = await ledger.removals.admit(entry)
    if (admission.outcome !== 'taken') return admission
    const { by } = admission
    if (!(await isWorkflowRunning(by.workflowId))) await ledger.removals.makeRoom(by.id)
    else if (await ledger.removals.join(entry, by.id)) {
      log.info('the same thing is under way, joined', { intoId: by.id })
      return { outcome: 'joined', intoId: by.id }
    }
  }
}
