import { Context, log } from '@temporalio/activity'
import type { WebhookEvent } from '../../domain/webhooks/webhook-event.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { startDelivery } from './start-delivery.ts'

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
      await startDelivery(Context.current().client, deliveryId)
      await ledger.webhooks.recordDispatched(deliveryId, new Date(await now()))
    } catch (error) {
      log.warn('a webhook could not be started, and is left for the sweep', {
        deliveryId,
        reason: String(error).slice(0, 300),
      })
    }
  }
}
