import { activity } from '../activity.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import type { WebhookInput } from './send-webhook.ts'

/** Writes into the log that a delivery was given up after its last try; it can be replayed. */
export function closeWebhook(deps: ActivityDependencies) {
  return activity(async ({ deliveryId }: WebhookInput): Promise<void> => {
    await deps.ledger.webhooks.recordOutcome(deliveryId, 'failed', new Date(await deps.now()))
  }, deps)
}
