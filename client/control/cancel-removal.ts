import { WorkflowNotFoundError } from '@temporalio/client'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { workflowIdOf } from '../../domain/removal-id.ts'
import { askTemporal } from '../ask-temporal.ts'
import { followedId } from '../status/describe-removal.ts'
import { pauseUntilClosed } from '../status/pause-until-closed.ts'
import { removalStatus } from '../status/removal-status.ts'
import type { Surroundings } from '../surroundings.ts'

/** Settling takes a moment; a start in flight is awaited by the workflow for longer than anybody waits here. */
const SETTLED_WITHIN_MS = 5_000

/** Asks for cancellation and gives it a moment; what has ended already stays as it is. */
export async function cancelRemoval(around: Surroundings, id: string): Promise<RemovalDocument> {
  const followed = await followedId(around, id)
  const handle = around.client.workflow.getHandle(workflowIdOf(followed))
  try {
    await askTemporal(around.client, () => handle.cancel())
    await pauseUntilClosed(around, followed, SETTLED_WITHIN_MS, undefined)
  } catch (error) {
    // Temporal says so of closed workflows, too; the status tells the two apart.
    if (!(error instanceof WorkflowNotFoundError)) throw error
  }
  return removalStatus(around, followed)
}
