import { WorkflowFailedError, WorkflowIdConflictPolicy } from '@temporalio/client'
import { TASK_QUEUES } from '../../domain/policies.ts'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { isFinal } from '../../domain/removal-document.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { deleteRemoval as deleteRemovalWorkflow } from '../../workflows/index.ts'
import { DELETE_REMOVAL, deletionIdOf } from '../../workflows/messages.ts'
import { askTemporal } from '../ask-temporal.ts'
import { failureFromWorkflow, isTemporalAway } from '../errors.ts'
import { removalStatus } from '../status/removal-status.ts'
import type { Surroundings } from '../surroundings.ts'

/**
 * Deletes the files of a removal that has ended. A workflow of its own does it, so that it is done also where nobody
 * waits any more, and storage or ledger are away for a while.
 */
export async function deleteRemoval(around: Surroundings, id: string): Promise<RemovalDocument> {
  const { client, waitingForWorkerMs } = around
  const document = await removalStatus(around, id)
  if (document.deletedAt !== null) return document
  if (!isFinal(document.state)) throw unfinished(document)
  const removalId = document.id
  const start = () =>
    client.workflow.start<typeof deleteRemovalWorkflow>(DELETE_REMOVAL, {
      workflowId: deletionIdOf(removalId),
      taskQueue: TASK_QUEUES.own,
      args: [{ removalId }],
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      staticSummary: `delete the files of ${removalId}`,
    })
  const handle = await askTemporal(client, start)
  try {
    const { deletedAt } = await askTemporal(client, () => handle.result(), { withinMs: waitingForWorkerMs })
    return { ...document, deletedAt }
  } catch (error) {
    if (isTemporalAway(error)) throw unanswered(removalId, error)
    throw error instanceof WorkflowFailedError ? (failureFromWorkflow(error.cause) ?? error) : error
  }
}

function unfinished({ id, state }: RemovalDocument): RemovalFailure {
  return new RemovalFailure(
    'InvalidRequest',
    `removal ${id} is not finished (${state}), nothing was deleted`,
    {
      removalId: id,
      hint: `Let it end, or cancel it first: \`matteflow cancel ${id}\`; then delete it.`,
    },
  )
}

function unanswered(id: string, cause: unknown): RemovalFailure {
  return new RemovalFailure('PlatformUnavailable', `delete ${id}: no worker has done it yet`, {
    removalId: id,
    cause,
    hint: 'It is asked for, and done as soon as a worker can: start one, or see its log. Asking again is safe.',
  })
}
