import type { WorkflowExecutionDescription } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/client'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { recordedIdOf, workflowIdOf } from '../../domain/removal-id.ts'
import { JOINED_MEMO } from '../../workflows/messages.ts'
import { askTemporal } from '../ask-temporal.ts'
import type { Surroundings } from '../surroundings.ts'

/**
 * Temporal's description of a removal's workflow; undefined when it knows none. One that joined another removal at its
 * admission is described as that one, whose id the description has.
 */
export async function findDescription(
  around: Surroundings,
  id: string,
  signal?: AbortSignal,
): Promise<WorkflowExecutionDescription | undefined> {
  const { client } = around
  const handle = client.workflow.getHandle(workflowIdOf(id))
  try {
    const description = await askTemporal(client, () => handle.describe(), { signal })
    const intoId = joinedInto(description)
    return intoId === undefined ? description : await findDescription(around, intoId, signal)
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined
    throw error
  }
}

/** The removal that serves the request of a workflow which has joined it; undefined for a removal of its own. */
export function joinedInto({ memo }: { memo?: Record<string, unknown> }): string | undefined {
  const intoId = memo?.[JOINED_MEMO]
  return typeof intoId === 'string' ? intoId : undefined
}

/** The id under which a removal really is: its own, or that of the one which it has joined. */
export async function followedId(around: Surroundings, id: string): Promise<string> {
  const description = await findDescription(around, id)
  if (description !== undefined) return recordedIdOf(description)
  return (await around.records?.find(id))?.id ?? id
}

/** As `findDescription`, for a removal that has to be there: else `NotFound`. */
export async function describeRemoval(
  around: Surroundings,
  id: string,
  signal?: AbortSignal,
): Promise<WorkflowExecutionDescription> {
  const description = await findDescription(around, id, signal)
  if (description !== undefined) return description
  throw noSuchRemoval(id)
}

const HINT =
  'Check the id, the namespace and the address of Temporal; `matteflow list` shows what there is. One that a workflow of yours has started is found by its id where its workflow is called removal/ and that id.'

/** Nobody who was asked knows a removal of this id. */
export function noSuchRemoval(id: string): RemovalFailure {
  return new RemovalFailure('NotFound', `no removal ${id}`, { removalId: id, hint: HINT })
}
