/** A key that payloads in Temporal are encrypted with. */
export interface PayloadKey {
  /** Its name, which stands in clear beside everything that it encrypts: 1 to 64 of `A-Z a-z 0-9 . _ -`. */
  readonly id: string
  /** 32 bytes as base64. A secret: it is never shown. */
  readonly key: string
}

/** 43 characters and their padding are exactly 32 bytes; both alphabets of base64 are read. */
const FORM = /^([A-Za-z0-9._-]{1,64}):([A-Za-z0-9+/_-]{43}=?)$/

/** How a list of keys is written, for messages; the value itself is never shown. */
export const PAYLOAD_KEYS_FORM =
  'id:key pairs, comma separated or a line each, every id once and every key 32 bytes as base64 (the value is not shown)'

/**
 * Keys from `id:key,id:key` or from one such pair a line, in their order: the first encrypts, all of them decrypt. Null
 * where the text is anything else, or names an id twice.
 */
export function payloadKeysFrom(text: string): readonly PayloadKey[] | null {
  const keys: PayloadKey[] = []
  for (const pair of text.split(/[\s,]+/).filter((part) => part !== '')) {
    const [, id, key] = FORM.exec(pair) ?? []
    if (id === undefined || key === undefined || keys.some((other) => other.id === id)) return null
    keys.push({ id, key })
  }
  return keys
}
