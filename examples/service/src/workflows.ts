import { executeChild, ParentClosePolicy, proxyActivities } from '@temporalio/workflow'
import type { removeBackground } from 'matteflow/workflows'
import type { Activities, Published } from './activities.ts'

const { publish } = proxyActivities<Activities>({ startToCloseTimeout: '1 minute' })

/** A video is ordered: its background is removed by a child workflow, and the result is published by an activity of ours. */
export async function order(orderId: string, storageKey: string): Promise<Published> {
  const removal = await executeChild<typeof removeBackground>('removeBackground', {
    taskQueue: 'matteflow',
    workflowId: `removal/${orderId}`,
    args: [{ source: { stored: storageKey }, reference: orderId }],
    // What is bought is collected, whatever becomes of the order.
    parentClosePolicy: ParentClosePolicy.ABANDON,
  })
  return publish(orderId, removal)
}
