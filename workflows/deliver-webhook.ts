import { isCancellation } from '@temporalio/workflow'
import type { WebhookInput } from '../activities/webhooks/send-webhook.ts'
import { DEFAULT_POLICY_SETTINGS } from '../domain/policies.ts'
import { webhooksUnder } from './activities.ts'
import { requireText } from './read-arguments.ts'

const { sendWebhook, closeWebhook } = webhooksUnder(DEFAULT_POLICY_SETTINGS)

/**
 * Tells one endpoint of one event. Workflow id `webhook/<endpoint>/<event>`. It fails where the last try has failed, so
 * that it is seen; no removal waits for it.
 */
export async function deliverWebhook(input: WebhookInput): Promise<void> {
  requireText(input, 'deliveryId')
  try {
    await sendWebhook(input, { summary: `tell ${input.deliveryId}` })
  } catch (error) {
    if (!isCancellation(error)) await closeWebhook(input, { summary: 'give it up' })
    throw error
  }
}
