import type { Context } from '@temporalio/activity'
import { TASK_QUEUES } from '../../domain/policies.ts'
import { DELIVER_WEBHOOK, webhookIdOf } from '../../domain/webhooks/delivery-workflow.ts'

/** Starts the workflow of one delivery. One that was started before is as good: the workflow has the delivery's id. */
export async function startDelivery(client: Context['client'], deliveryId: string): Promise<void> {
  try {
    await client.workflow.start(DELIVER_WEBHOOK, {
      workflowId: webhookIdOf(deliveryId),
      taskQueue: TASK_QUEUES.own,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      args: [{ deliveryId }],
    })
  } catch (error) {
    // The SDK's client is no dependency of activities, so that its error is known by its name.
    if (!(error instanceof Error) || error.name !== 'WorkflowExecutionAlreadyStartedError') throw error
  }
}
