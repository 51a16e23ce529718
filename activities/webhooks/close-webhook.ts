import { log } from '@temporalio/activity'
import { activity } from '../activity.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import type { WebhookInput } from './send-webhook.ts'

/** An endpoint that nothing has reached for so long is told no more, until somebody rotates its secret. */
const GIVEN_UP_AFTER_MS = 5 * 86_400_000

/**
 * Writes into the log that a delivery was given up after its last try; it can be replayed. Its endpoint is disabled where
 * nothing has reached that for days.
 */
export function closeWebhook(deps: ActivityDependencies) {
  return activity(async ({ deliveryId }: WebhookInput): Promise<void> => {
    const at = new Date(await deps.now())
    const { webhooks } = deps.ledger
    await webhooks.recordOutcome(deliveryId, 'failed', at)
    const since = new Date(at.getTime() - GIVEN_UP_AFTER_MS)
    const endpointId = await webhooks.disableUnreached(deliveryId, since, at)
    if (endpointId !== undefined)
      log.warn('an endpoint is disabled: nothing was delivered to it for days', { endpointId })
  }, deps)
}
