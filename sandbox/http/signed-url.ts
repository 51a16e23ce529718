import { createHmac, timingSafeEqual } from 'node:crypto'

/** The path of an output with an expiry (epoch milliseconds) and a signature over both. */
export function signedOutputPath(file: string, expires: number, secret: string): string {
  return `/outputs/${file}?expires=${expires}&signature=${signature(file, String(expires), secret)}`
}

export function isSignedAndFresh(
  file: string,
  query: { expires?: string | undefined; signature?: string | undefined },
  secret: string,
  now = Date.now(),
): boolean {
  const { expires = '', signature: given = '' } = query
  const expected = Buffer.from(signature(file, expires, secret))
  const signed = expected.length === given.length && timingSafeEqual(expected, Buffer.from(given))
  return signed && now < Number(expires)
}

function signature(file: string, expires: string, secret: string): string {
  return createHmac('sha256', secret).update(`${file}:${expires}`).digest('hex')
}
