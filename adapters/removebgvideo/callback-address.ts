import { createHmac, timingSafeEqual } from 'node:crypto'

/** Where the vendor calls back, beneath the public URL of the gateway. */
const CALLBACK_PATH = '/webhooks/removebgvideo'

/** The token in a callback's address, wherever the address stands in a text that is kept or shown. */
export const CALLBACK_TOKEN_IN_TEXT = new RegExp(`(${CALLBACK_PATH}/[A-Za-z0-9_-]+/)[A-Za-z0-9_-]+`, 'g')

/**
 * The address that the vendor is asked to call for one removal. Without a secret nothing is signed, so that the address
 * itself is unguessable: `key` is null where callbacks are signed.
 */
export function callbackUrl(publicUrl: string, removalId: string, key: Buffer | null): string {
  const address = `${publicUrl}${CALLBACK_PATH}/${removalId}`
  return key === null ? address : `${address}/${callbackToken(removalId, key)}`
}

/** Whether a token is the one of this removal, in constant time. One removal's token opens nothing of another's. */
export function isCallbackToken(token: string, removalId: string, key: Buffer): boolean {
  const expected = Buffer.from(callbackToken(removalId, key))
  const given = Buffer.from(token)
  return given.byteLength === expected.byteLength && timingSafeEqual(given, expected)
}

function callbackToken(removalId: string, key: Buffer): string {
  return createHmac('sha256', key).update(`callback ${removalId}`).digest('base64url').slice(0, 32)
}
