import { RemovalFailure } from '../../domain/removal-failure.ts'
import { workflowIdOf } from '../../domain/removal-id.ts'
import { removalIdSchema } from '../../domain/removal-request.schema.ts'
import { activity } from '../activity.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { isWorkflowRunning } from '../is-workflow-running.ts'
import { removeFiles } from './remove-files.ts'

export interface DeleteRemovalInput {
  removalId: string
}

/** When the files of a removal were deleted, an ISO time. */
export interface DeletedRemoval {
  deletedAt: string
}

/**
 * Deletes what the storage keeps of a removal that has ended; its row in the ledger stays and says when. A second time
 * changes nothing. `InvalidRequest` for a removal that is not finished, or whose files an unfinished one reads.
 */
export function deleteRemoval(deps: ActivityDependencies) {
  return activity(async ({ removalId }: DeleteRemovalInput): Promise<DeletedRemoval> => {
    const record = await deps.ledger.removals.find(removalId)
    // Files are found by what their keys begin with: without a whole id, those of other removals would go.
    if (record === undefined && !removalIdSchema.safeParse(removalId).success) throw noId(removalId)
    // The workflow of a closed record has nothing left to do with its files.
    if (!record?.closedAt && (await isWorkflowRunning(record?.workflowId ?? workflowIdOf(removalId))))
      throw unfinished(removalId)
    const readers = await removeFiles(removalId, deps)
    if (readers.length > 0) throw inUse(removalId, readers)
    const at = new Date(await deps.now())
    // A request that was refused at its admission has files perhaps, and no row.
    const deletedAt = (await deps.ledger.deletions.record(removalId, at)) ?? at
    return { deletedAt: deletedAt.toISOString() }
  }, deps)
}

function noId(removalId: string): RemovalFailure {
  const said = JSON.stringify(removalId).slice(0, 80)
  return new RemovalFailure('InvalidRequest', `removalId: ${said} is no id of a removal, nothing was deleted`)
}

function unfinished(removalId: string): RemovalFailure {
  return new RemovalFailure('InvalidRequest', `removal ${removalId} is not finished, nothing was deleted`, {
    removalId,
    hint: `Let it end, or cancel it first: \`matteflow cancel ${removalId}\`; then delete it.`,
  })
}

function inUse(removalId: string, readers: readonly string[]): RemovalFailure {
  const [first = ''] = readers
  return new RemovalFailure(
    'InvalidRequest',
    `removal ${removalId} has files that ${readers.length === 1 ? '' : `${readers.length} removals, `}${first}${readers.length === 1 ? ' reads' : ' among them, read'} and that is not finished; nothing was deleted`,
    {
      removalId,
      hint: `Delete it when that has ended: \`matteflow status ${first}\` tells.`,
    },
  )
}
