import { WorkflowNotFoundError } from '@temporalio/client'
import { workflowIdOf } from '../../domain/removal-id.ts'
import type { VendorCallback } from '../../workflows/messages.ts'
import { VENDOR_CALLBACK } from '../../workflows/messages.ts'
import { askTemporal } from '../ask-temporal.ts'
import { removalStatus } from '../status/removal-status.ts'
import type { Surroundings } from '../surroundings.ts'

/** Hands the vendor's callback to the removal that it is about. One that comes after the end is welcome and idle. */
export async function signalCallback(
  around: Surroundings,
  id: string,
  callback: VendorCallback,
): Promise<void> {
  const handle = around.client.workflow.getHandle(workflowIdOf(id))
  try {
    await askTemporal(around.client, () => handle.signal<[VendorCallback]>(VENDOR_CALLBACK, callback))
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error
    // Temporal says the same of a closed workflow and of none: who knows the removal knows that it needs nothing more.
    await removalStatus(around, id)
  }
}
