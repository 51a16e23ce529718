import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { workflowIdOf } from '../../domain/removal-id.ts'
import type { ResumeRequest, ResumeResult } from '../../workflows/messages.ts'
import { RESUME } from '../../workflows/messages.ts'
import { askTemporal } from '../ask-temporal.ts'
import { failureFromWorkflow } from '../errors.ts'
import { followedId } from '../status/describe-removal.ts'
import { removalStatus } from '../status/removal-status.ts'
import type { Surroundings } from '../surroundings.ts'

/** Lets a parked removal go on; `InvalidRequest` with the removal's own reason when it refuses. */
export async function resumeRemoval(
  around: Surroundings,
  id: string,
  request: ResumeRequest = {},
): Promise<ResumeResult> {
  const { client, waitingForWorkerMs } = around
  // On its way to the workflow it would become null, which says that no limit is raised.
  if (Number.isNaN(request.maxCredits)) throw refusal(id, 'maxCredits: expected credits above 0, not NaN')
  const handle = client.workflow.getHandle(workflowIdOf(await followedId(around, id)))
  const update = () => handle.executeUpdate<ResumeResult, [ResumeRequest]>(RESUME, { args: [request] })
  try {
    return await askTemporal(client, update, { withinMs: waitingForWorkerMs })
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) {
      const { state } = await removalStatus(around, id)
      throw refusal(id, `removal ${id} is not parked (${state}), nothing to resume`, error)
    }
    if (error instanceof WorkflowUpdateFailedError) {
      const refused = failureFromWorkflow(error.cause)
      if (refused !== undefined && refused.kind !== 'InvalidRequest') throw refused
      throw refusal(id, refused?.message ?? error.message, error)
    }
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) throw unanswered(id, error)
    throw error
  }
}

function refusal(removalId: string, message: string, cause?: unknown): RemovalFailure {
  return new RemovalFailure('InvalidRequest', message, {
    removalId,
    cause,
    hint: 'Nothing was changed: see the status of the removal for what it waits for.',
  })
}

function unanswered(id: string, cause: unknown): RemovalFailure {
  return new RemovalFailure('PlatformUnavailable', `resume ${id}: no worker answered`, {
    removalId: id,
    cause,
    hint: 'Start a worker. The removal may take this resume up when one comes: look at its status before repeating it.',
  })
}
