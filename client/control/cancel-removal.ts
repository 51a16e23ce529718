import { WorkflowNotFoundError } from '@temporalio/client'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { workflowIdOf } from '../../domain/removal-id.ts'
import type { CancelNote } from '../../workflows/messages.ts'
import { CANCEL_NOTE } from '../../workflows/messages.ts'
import { askTemporal } from '../ask-temporal.ts'
import { followedId } from '../status/describe-removal.ts'
import { pauseUntilClosed } from '../status/pause-until-closed.ts'
import { removalStatus } from '../status/removal-status.ts'
import type { Surroundings } from '../surroundings.ts'

/** Settling takes a moment; a start in flight is awaited by the workflow for longer than anybody waits here. */
const SETTLED_WITHIN_MS = 5_000

/** Asks for cancellation and gives it a moment; what has ended already stays as it is. */
export async function cancelRemoval(
  around: Surroundings,
  id: string,
  said: CancelNote = {},
): Promise<RemovalDocument> {
  const followed = await followedId(around, id)
  const handle = around.client.workflow.getHandle(workflowIdOf(followed))
  try {
    // First the words, since the request itself carries none: the workflow puts them into history and ledger.
    if (said.by !== undefined || said.note !== undefined)
      await askTemporal(around.client, () => handle.signal<[CancelNote]>(CANCEL_NOTE, said))
    await askTemporal(around.client, () => handle.cancel())
    await pauseUntilClosed(around, followed, SETTLED_WITHIN_MS, undefined)
  } catch (error) {
    // Temporal says so of closed workflows, too; the status tells the two apart.
    if (!(error instanceof WorkflowNotFoundError)) throw error
  }
  return removalStatus(around, followed)
}
