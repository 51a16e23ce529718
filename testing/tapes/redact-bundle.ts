import { createHash } from 'node:crypto'
import { safeFileName } from '../../client/start/stage-input.ts'
import type { ParkEnd } from '../../domain/park-record.ts'
import type { Bundle } from './bundle.schema.ts'

const URL_QUERY = /(https?:\/\/[^\s"'<>?#]*)[?#][^\s"'<>]*/g
/** Where a file lies on the machine that recorded; its name is left. */
const FOLDER = /file:\/\/\/(?:[^\s"'()/]+\/)+/g
const WORKER = /\b\d+@[\w.-]+/g
/** A stand-in keeps what a tape needs of a file's name; the end of any other word may be a surname. */
const EXTENSION = /\.(?:mp4|m4v|mov|webm|mkv|avi|mpe?g|gif)$/i
/** A letter alone would be found in every text. */
const SHORTEST_WITHIN = 2

/** Whatever stands in these fields is a person's: of who asked for the removal, and of who resumed or cancelled it. */
const PERSONAL = [
  ...['user', 'reference', 'textPrompt', 'text_prompt', 'sourceName', 'fileName', 'filename'],
  ...['by', 'note', 'resumedBy'],
]
/** What ends a park stands in a field `by` as well. */
const ENDS_OF_PARKS: readonly string[] = [
  'person',
  'time',
  'vendor',
  'cancel',
  'renewal',
] satisfies ParkEnd['by'][]
/**
 * One word alone is an id or a name of ours, of the vendor's or of Temporal's, and so are content types and times. They
 * stay, even where a person uses the same word: a tape of `start` with the model `human` is played with them.
 */
const NAME =
  /^(?:[\w-]+|removal\/[\w-]+|(?:application|image|multipart|text|video)\/[\w.+-]+|\d{4}-\d\d-\d\dT[\d:.]+Z)$/
const BODIES = ['requestBody', 'responseBody']

/** `isTemporals` where the field is one of those that Temporal writes around the payloads. */
type Rewrite = (text: string, field: string, isTemporals: boolean) => string

/**
 * A bundle without a person's words, URLs' queries and the names of machines. Equal words get equal stand-ins, so that
 * decisions which compare them stay, and names of ours stay, so that the bundle can be played.
 */
export function redacted(bundle: Bundle): Bundle {
  const standIns = standInsOf(personalWords(bundle))
  const words = [...standIns.keys()].filter((word) => word.length >= SHORTEST_WITHIN)
  const pattern = words.toSorted((left, right) => right.length - left.length).map(escaped)
  // As a word of its own: `ada` is no part of `adapter`, and is one of `ada_film`.
  const within =
    pattern.length === 0
      ? null
      : new RegExp(`(?<![\\p{L}\\p{N}])(?:${pattern.join('|')})(?![\\p{L}\\p{N}])`, 'gu')
  return rewritten(bundle, (original, field, isTemporals) => {
    // Of a stack, nothing but the paths of a machine is left when its lines have moved.
    if (field === 'stackTrace') return ''
    const text = original
      .replaceAll(URL_QUERY, '$1')
      .replaceAll(FOLDER, 'file:///')
      .replaceAll(WORKER, '1@host')
    if (isTemporals && field !== 'message') return text
    if (isPersonal(text, field)) return standIns.get(text) ?? standIn(text)
    if (field === 'source' && standIns.has(text)) return standIns.get(text) ?? text
    if (within === null || NAME.test(text)) return text
    return text.replaceAll(within, (word) => standIns.get(word) ?? word)
  })
}

/** Every word of a person that a bundle has in a field of its own. */
function personalWords(bundle: Bundle): Set<string> {
  const { input } = (bundle.document ?? {}) as { input?: { source?: unknown } }
  const sources = [bundle.ledger.removal?.['source'], input?.source]
  const words = new Set(
    sources.filter((source) => typeof source === 'string').filter((word) => isNoUrl(word)),
  )
  rewritten(bundle, (text, field, isTemporals) => {
    if (!isTemporals && isPersonal(text, field)) words.add(text)
    return text
  })
  return words
}

function isPersonal(text: string, field: string): boolean {
  return (
    PERSONAL.includes(field) &&
    text !== '' &&
    isNoUrl(text) &&
    !(field === 'by' && ENDS_OF_PARKS.includes(text))
  )
}

/** The address of a video is not a person's word: its query is taken out, and whoever plays the tape needs the rest. */
function isNoUrl(text: string): boolean {
  return !/^https?:\/\//.test(text)
}

/** What stands for each word, in every spelling in which a message, a key or a vendor may repeat it. */
function standInsOf(words: ReadonlySet<string>): Map<string, string> {
  const standIns = new Map<string, string>()
  const derived = new Set([...words].flatMap((word) => spellingsOf(word).filter((other) => other !== word)))
  // A word that is another one's spelling gets that one's stand-in.
  const originalsFirst = [...words].toSorted(
    (left, right) => Number(derived.has(left)) - Number(derived.has(right)),
  )
  for (const word of originalsFirst) {
    const stand = standIns.get(word) ?? standIn(word)
    for (const spelling of spellingsOf(word))
      if (!standIns.has(spelling))
        standIns.set(spelling, EXTENSION.test(spelling) ? stand : stand.replace(EXTENSION, ''))
  }
  return standIns
}

/** A word as Unicode, JSON, URLs and keys of the storage write it, and a file's name without its extension as well. */
function spellingsOf(word: string): string[] {
  return [word, word.replace(EXTENSION, '')].flatMap((form) => {
    const normal = [form, form.normalize('NFC'), form.normalize('NFD')]
    return [
      ...normal,
      ...normal.map((each) => JSON.stringify(each).slice(1, -1)),
      ...normal.map((each) => encodeURIComponent(each.toWellFormed())),
      safeFileName(form),
    ]
  })
}

function standIn(word: string): string {
  const [extension = ''] = EXTENSION.exec(word) ?? []
  return `redacted-${createHash('sha256').update(word).digest('hex').slice(0, 8)}${extension}`
}

/** A value with each of its texts rewritten, those within payloads and bodies of exchanges as well, which are JSON. */
function rewritten<Value>(value: Value, rewrite: Rewrite): Value {
  return walk(value, rewrite, '', false) as Value
}

function walk(value: unknown, rewrite: Rewrite, field: string, isTemporals: boolean): unknown {
  if (typeof value === 'string') {
    const body = BODIES.includes(field) ? withinJson(value, rewrite, '') : null
    return body ?? rewrite(value, field, isTemporals)
  }
  if (Array.isArray(value))
    return value.map((item) => walk(item, rewrite, field, isTemporals || field === 'histories'))
  if (value === null || typeof value !== 'object' || value instanceof Date) return value
  if (isTemporals && 'metadata' in value && 'data' in value && typeof value.data === 'string') {
    const json = withinJson(Buffer.from(value.data, 'base64').toString('utf8'), rewrite, field)
    // No JSON: a payload of a converter that is not ours, of which nothing can be told.
    return json === null ? value : { ...value, data: Buffer.from(json).toString('base64') }
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, walk(inner, rewrite, key, isTemporals)]),
  )
}

/** JSON with its texts rewritten; null where it is none. */
function withinJson(json: string, rewrite: Rewrite, field: string): string | null {
  try {
    return JSON.stringify(walk(JSON.parse(json), rewrite, field, false))
  } catch {
    return null
  }
}

function escaped(word: string): string {
  return word.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
