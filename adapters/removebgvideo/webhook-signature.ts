import { createHmac, timingSafeEqual } from 'node:crypto'

/** Our choice; the vendor names no tolerance (docs/vendors/removebgvideo.md §19.24). */
const TOLERANCE_MS = 5 * 60_000

/** A webhook as it arrived; the headers are null where they were not sent. */
export interface SignedWebhook {
  /** `X-Webhook-Timestamp`: an ISO text, verbatim. */
  timestamp: string | null
  /** `X-Webhook-Signature`: `sha256=` and lower-case hex. */
  signature: string | null
  /** The bytes as received, before any parsing. */
  rawBody: Uint8Array
}

/** The signature of timestamp, full stop and raw body, as the vendor writes it. Source: docs/vendors/removebgvideo.md §16. */
export function signWebhook(secret: string, timestamp: string, rawBody: Uint8Array): string {
  const digest = createHmac('sha256', secret).update(`${timestamp}.`).update(rawBody).digest('hex')
  return `sha256=${digest}`
}

/** Whether a webhook was signed with the secret within five minutes of `nowMs`. Never throws. */
export function isWebhookGenuine(secret: string, webhook: SignedWebhook, nowMs: number): boolean {
  const { timestamp, signature, rawBody } = webhook
  // An HMAC under an empty secret proves nothing: anyone can make it.
  if (secret === '' || timestamp === null || signature === null) return false
  const sentAtMs = Date.parse(timestamp)
  if (Number.isNaN(sentAtMs) || Math.abs(nowMs - sentAtMs) > TOLERANCE_MS) return false
  const expected = Buffer.from(signWebhook(secret, timestamp, rawBody))
  const given = Buffer.from(signature)
  // timingSafeEqual throws on unequal lengths (docs/vendors/removebgvideo.md §16).
  return given.byteLength === expected.byteLength && timingSafeEqual(given, expected)
}
