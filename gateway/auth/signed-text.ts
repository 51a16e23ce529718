import { createHmac, timingSafeEqual } from 'node:crypto'

/** The signature of a text under one key, fit for cookies and URLs. */
export function signatureOf(text: string, key: Buffer): string {
  return createHmac('sha256', key).update(text).digest('base64url')
}

/** Whether any of the keys signed the text; constant time for each of them. */
export function isSigned(text: string, signature: string, keys: readonly Buffer[]): boolean {
  const given = Buffer.from(signature, 'base64url')
  const fits = keys.map((key) => {
    const expected = createHmac('sha256', key).update(text).digest()
    return given.byteLength === expected.byteLength && timingSafeEqual(given, expected)
  })
  return fits.includes(true)
}
