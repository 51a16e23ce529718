import { executeChild, ParentClosePolicy } from '@temporalio/workflow'
import type { removeBackground } from '../../../../workflows/index.ts'

/** A business of somebody else: one of its steps is a removal. */
export async function order(orderId: string, storageKey: string): Promise<string> {
  const document = await executeChild<typeof removeBackground>('removeBackground', {
    taskQueue: 'matteflow',
    workflowId: `removal/${orderId}`,
    args: [{ source: { stored: storageKey }, project: 'shop', reference: orderId }],
    parentClosePolicy: ParentClosePolicy.ABANDON,
  })
  return `${orderId}: ${document.state}, ${document.credits.charged}`
}
