/** Workflow type that tells one endpoint of one event, and the id of that workflow. */
export const DELIVER_WEBHOOK = 'deliverWebhook'
export function webhookIdOf(deliveryId: string): string {
  return `webhook/${deliveryId}`
}
