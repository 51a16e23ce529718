import { describe, expect, it } from 'vitest'
import { isWebhookGenuine, signWebhook } from '../../../adapters/removebgvideo/webhook-signature.ts'

const secret = 'whsec_1'
const timestamp = '2026-11-24T00:00:00.000Z'
const nowMs = Date.parse(timestamp)
const rawBody = Buffer.from('{"event":"job.completed","data":{"id":"7f3"}}')
const signature = signWebhook(secret, timestamp, rawBody)
const webhook = { timestamp, signature, rawBody }

describe('a webhook', () => {
  it('is signed over timestamp, full stop and raw body', () => {
    expect(signWebhook('key', 'T', Buffer.from('body'))).toBe(
      // printf 'T.body' | openssl dgst -sha256 -hmac key
      'sha256=a9fc1fa06081ff2675f01231f9ea70dc5cdd274eac0b11c83a0b529c0255e20d',
    )
  })

  it('is genuine with its signature', () => {
    expect(isWebhookGenuine(secret, webhook, nowMs)).toBe(true)
  })

  it.each([-300_001, -300_000, 300_000, 300_001])('%i ms away from now', (offsetMs) => {
    expect(isWebhookGenuine(secret, webhook, nowMs + offsetMs)).toBe(Math.abs(offsetMs) <= 300_000)
  })

  it.each([
    ['of another body', { ...webhook, rawBody: Buffer.from('{}') }],
    ['with another timestamp', { ...webhook, timestamp: '2026-11-24T00:00:01.000Z' }],
    ['with a timestamp that is none', { ...webhook, timestamp: 'now' }],
    ['without a signature', { ...webhook, signature: null }],
    ['without a timestamp', { ...webhook, timestamp: null }],
    ['with a short signature', { ...webhook, signature: 'sha256=00' }],
    ['with another scheme', { ...webhook, signature: signature.replace('sha256', 'sha512') }],
    ['in upper case', { ...webhook, signature: signature.toUpperCase() }],
  ])('%s is not genuine', (_what, forged) => {
    expect(isWebhookGenuine(secret, forged, nowMs)).toBe(false)
  })

  it('is never genuine under another or an empty secret', () => {
    const unsigned = { ...webhook, signature: signWebhook('', timestamp, rawBody) }

    expect(isWebhookGenuine('whsec_2', webhook, nowMs)).toBe(false)
    expect(isWebhookGenuine('', unsigned, nowMs)).toBe(false)
  })
})
