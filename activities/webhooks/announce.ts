import { Context, log } from '@temporalio/activity'
import { TASK_QUEUES } from '../../domain/policies.ts'
import type { WebhookEvent } from '../../domain/webhooks/webhook-event.ts'
import type { ActivityDependencies } from '../dependencies.ts'

/**
 * Records who is to hear of an event, and starts a workflow for each of them. Recorded is recorded: an activity that dies
 * here is repeated and finds it, and what could not be started is started by the sweep of any worker. A delivery's
 * workflow has its id, so that it is sent once.
 */
export async function announce(
  event: WebhookEvent | null,
  { ledger, now }: Pick<ActivityDependencies, 'ledger' | 'now'>,
): Promise<void> {
  if (event === null) return
  for (const deliveryId of await ledger.webhooks.announce(event)) {
    try {
      await startDelivery(deliveryId)
      await ledger.webhooks.recordDispatched(deliveryId, new Date(await now()))
    } catch (error) {
      log.warn('a webhook could not be started, and is left for the sweep', {
        deliveryId,
        reason: String(error).slice(0, 300),
      })
    }
  }
}

async function startDelivery(deliveryId: string): Promise<void> {
  try {
    await Context.current().client.workflow.start('deliverWebhook', {
      workflowId: `webhook/${deliveryId}`,
      taskQueue: TASK_QUEUES.own,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      args: [{ deliveryId }],
    })
  } catch (error) {
    // The SDK's client is no dependency of activities, so that its error is known by its name.
    if (!(error instanceof Error) || error.name !== 'WorkflowExecutionAlreadyStartedError') throw error
  }
}
