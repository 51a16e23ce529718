import type { Client, WorkflowExecutionDescription } from '@temporalio/client'
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js'

/** What the heartbeat of a wait for the vendor shows. */
export interface PendingProgress {
  /** 0 to 100. */
  progress: number | null
  /** The vendor's own word for the job. */
  vendorState: string | null
}

/** The last heartbeat of the wait that a removal is in; it stays visible between two polls. Null outside a wait. */
export async function pendingProgress(
  { raw }: WorkflowExecutionDescription,
  { options }: Client,
): Promise<PendingProgress | null> {
  const wait = raw.pendingActivities?.find(({ activityType }) => activityType?.name === 'checkVendorJob')
  if (!wait?.heartbeatDetails?.payloads?.length) return null
  const [details] = await decodeArrayFromPayloads(options.loadedDataConverter, wait.heartbeatDetails.payloads)
  const { progress, vendorState } = (details ?? {}) as Record<keyof PendingProgress, unknown>
  return {
    progress: typeof progress === 'number' ? progress : null,
    vendorState: typeof vendorState === 'string' ? vendorState : null,
  }
}
