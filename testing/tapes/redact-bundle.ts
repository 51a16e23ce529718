import { createHash } from 'node:crypto'

/** Words of a person, and what stands for each of them. */
export type Redactions = readonly (readonly [word: string, stand_in: string])[]

const URL_QUERY = /(https?:\/\/[^\s"'<>?#]*)[?#][^\s"'<>]*/g
/** Where a file lies on the machine that recorded; its name is left. */
const FOLDER = /file:\/\/\/(?:[^\s"'()/]+\/)+/g
const WORKER = /\b\d+@[\w.-]+/g
/** A shorter word would be found within others. */
const SHORTEST_WITHIN = 4

/** What stands for a person's words: equal words get equal stand-ins, so that decisions which compare them stay. */
export function redactionsOf(words: readonly (string | null | undefined)[]): Redactions {
  return words
    .flatMap((word) => (word ? [[word, standIn(word)] as const] : []))
    .toSorted(([left], [right]) => right.length - left.length)
}

function standIn(word: string): string {
  const [extension = ''] = /\.[A-Za-z0-9]{1,5}$/.exec(word) ?? []
  return `redacted-${createHash('sha256').update(word).digest('hex').slice(0, 8)}${extension}`
}

/**
 * A JSON value without a person's words, URLs' queries and the names of machines. Payloads of a history are base64 of
 * JSON, and are redacted alike.
 */
export function redacted<Value>(value: Value, redactions: Redactions): Value {
  return walk(value, redactions) as Value
}

function walk(value: unknown, redactions: Redactions, name = ''): unknown {
  // Of a stack, nothing but the paths of a machine is left when its lines have moved.
  if (name === 'stackTrace') return ''
  if (typeof value === 'string') return name === 'data' ? payload(value, redactions) : text(value, redactions)
  if (Array.isArray(value)) return value.map((item) => walk(item, redactions))
  if (value === null || typeof value !== 'object' || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner, redactions, key)]))
}

function text(original: string, redactions: Redactions): string {
  const plain = original
    .replaceAll(URL_QUERY, '$1')
    .replaceAll(FOLDER, 'file:///')
    .replaceAll(WORKER, '1@host')
  return redactions.reduce(
    (clean, [word, stand]) =>
      clean === word ? stand : word.length >= SHORTEST_WITHIN ? clean.replaceAll(word, stand) : clean,
    plain,
  )
}

function payload(base64: string, redactions: Redactions): string {
  const decoded = Buffer.from(base64, 'base64').toString('utf8')
  try {
    return Buffer.from(JSON.stringify(walk(JSON.parse(decoded), redactions))).toString('base64')
  } catch {
    // No JSON: a payload of a converter that is not ours, of which nothing can be told.
    return base64
  }
}
