import type { WorkflowExecutionDescription } from '@temporalio/client'
import { WorkflowFailedError } from '@temporalio/client'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { askTemporal } from '../ask-temporal.ts'
import { failureFromWorkflow } from '../errors.ts'
import type { Surroundings } from '../surroundings.ts'
import { findDescription, noSuchRemoval } from './describe-removal.ts'
import { documentFromDescription } from './document-from-description.ts'
import { pendingWork } from './pending-work.ts'
import { forgottenRemoval, todaysDocument } from './todays-document.ts'
import { withDeletion } from './with-deletion.ts'
import { withRecorded } from './with-recorded.ts'

/**
 * How a removal stands: the final document once it has ended, else what Temporal's description knows of it. What
 * Temporal has forgotten, the records answer.
 */
export async function removalStatus(
  around: Surroundings,
  id: string,
  signal?: AbortSignal,
): Promise<RemovalDocument> {
  const description = await findDescription(around, id, signal)
  if (description !== undefined) return statusFromDescription(around, description, signal)
  const recorded = await around.records?.find(id)
  if (recorded === undefined) throw noSuchRemoval(id)
  return todaysDocument(forgottenRemoval(recorded))
}

/** The same, for a description that is at hand. */
export async function statusFromDescription(
  around: Surroundings,
  description: WorkflowExecutionDescription,
  signal?: AbortSignal,
): Promise<RemovalDocument> {
  const document = todaysDocument(await endOrDescription(around, description, signal))
  return withDeletion(around, await withRecorded(around, document), signal)
}

async function endOrDescription(
  { client }: Surroundings,
  description: WorkflowExecutionDescription,
  signal: AbortSignal | undefined,
): Promise<RemovalDocument> {
  const pending = await pendingWork(description, client)
  const described = documentFromDescription(description, client.options.namespace, pending)
  if (description.status.name !== 'COMPLETED' && description.status.name !== 'FAILED') return described
  return closedDocument({ client }, described, description, signal)
}

/** The document that a closed workflow has ended with, which is its result or stands in its failure. */
export async function closedDocument(
  { client }: Pick<Surroundings, 'client'>,
  described: RemovalDocument,
  { workflowId, runId }: Pick<WorkflowExecutionDescription, 'workflowId' | 'runId'>,
  signal?: AbortSignal,
): Promise<RemovalDocument> {
  const handle = client.workflow.getHandle(workflowId, runId)
  try {
    return (await askTemporal(client, () => handle.result(), { signal })) as RemovalDocument
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error
    const failure = failureFromWorkflow(error.cause)
    if (failure === undefined) return described
    return failure.document ?? { ...described, failure: failure.toDocument() }
  }
}
