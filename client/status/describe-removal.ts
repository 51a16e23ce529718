import type { WorkflowExecutionDescription } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/client'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { workflowIdOf } from '../../domain/removal-id.ts'
import { askTemporal } from '../ask-temporal.ts'
import type { Surroundings } from '../surroundings.ts'

/** Temporal's description of a removal's workflow; undefined when it knows none. */
export async function findDescription(
  { client }: Surroundings,
  id: string,
  signal?: AbortSignal,
): Promise<WorkflowExecutionDescription | undefined> {
  const handle = client.workflow.getHandle(workflowIdOf(id))
  try {
    return await askTemporal(client, () => handle.describe(), { signal })
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined
    throw error
  }
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

/** Nobody who was asked knows a removal of this id. */
export function noSuchRemoval(id: string): RemovalFailure {
  return new RemovalFailure('NotFound', `no removal ${id}`, { removalId: id })
}
