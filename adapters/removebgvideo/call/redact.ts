import { CALLBACK_TOKEN_IN_TEXT } from '../callback-address.ts'

/** Takes secrets out of texts that are kept or shown. */
export interface Redactor {
  /** The text without the key, without the token of a callback's address, and without any URL's credentials, query or fragment. */
  text(text: string): string
  /** The same for every string inside a JSON value. */
  json(value: unknown): unknown
  /** One line of at most `maxLength` characters, for messages. */
  line(text: string, maxLength: number): string
}

const REDACTED = '[redacted]'

// JSON may write the slashes of a URL as `\/`.
const URL_IN_TEXT = /https?:(?:\\?\/){2}[^\s"'<>`]*/gi
const QUERY_OR_FRAGMENT = /(?:[?#]|\\u003[fF]|\\u0023|%3[fF]).*$/s
const CREDENTIALS = /^(https?:(?:\\?\/){2})[^/\\@]*@/i
// Relative addresses carry signatures as well.
const BARE_QUERY = /\?[^\s"'<>`=]+=[^\s"'<>`]*/g
// biome-ignore format: one character class reads best on one line
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]+/gu

/** A redactor that knows one key in each spelling it could come back in. */
export function createRedactor(apiKey: string): Redactor {
  const spellings = [...new Set([apiKey, JSON.stringify(apiKey).slice(1, -1), encodeURIComponent(apiKey)])]
    .filter((spelling) => spelling !== '')
    .toSorted((a, b) => b.length - a.length)

  function text(original: string): string {
    let clean = original
    for (const spelling of spellings) clean = clean.replaceAll(spelling, REDACTED)
    return clean
      .replace(URL_IN_TEXT, (url) => url.replace(QUERY_OR_FRAGMENT, '').replace(CREDENTIALS, '$1'))
      .replace(BARE_QUERY, '')
      .replace(CALLBACK_TOKEN_IN_TEXT, `$1${REDACTED}`)
  }

  function json(value: unknown): unknown {
    if (typeof value === 'string') return text(value)
    if (Array.isArray(value)) return value.map(json)
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [text(name), json(inner)]))
  }

  function line(original: string, maxLength: number): string {
    const clean = text(original).replace(UNPRINTABLE, ' ').replace(/\s+/g, ' ').trim()
    return clean.length <= maxLength ? clean : `${clean.slice(0, maxLength - 1)}…`
  }

  return { text, json, line }
}
