import { randomBytes } from 'node:crypto'
import { Webhook } from 'standardwebhooks'

/** Headers of Standard Webhooks 1.0.0 for one try. Every live secret signs, so that a rotation has no gap. */
export function signedHeaders(
  { id, body }: { id: string; body: string },
  secrets: readonly string[],
  at: Date,
): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
  }
}

/** A secret of 32 random bytes, in the form that libraries of Standard Webhooks take. */
export function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`
}
