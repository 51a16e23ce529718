import { createHmac } from 'node:crypto'

/** Headers of one delivery; without a secret it is unsigned. Source: docs/vendors/removebgvideo.md §16. */
export function webhookHeaders(
  { event, deliveryId, body }: { event: string; deliveryId: string; body: string },
  { secret, at }: { secret: string | null; at: Date },
): Record<string, string> {
  const timestamp = at.toISOString()
  const signed =
    secret === null ? undefined : createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
  return {
    'content-type': 'application/json',
    'x-webhook-event': event,
    'x-webhook-delivery-id': deliveryId,
    'x-webhook-timestamp': timestamp,
    ...(signed === undefined ? {} : { 'x-webhook-signature': `sha256=${signed}` }),
  }
}
