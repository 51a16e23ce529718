import { WrongFields } from '../http/field-errors.ts'

const NUMBERS = ['previewSeconds', 'maxCredits']
const JSON_FIELDS = ['composition', 'fallback', 'background']

/** The fields of a form, which are all text, as the JSON of the same request has them. */
export function fieldsFromForm(fields: ReadonlyMap<string, string>): Record<string, unknown> {
  return Object.fromEntries([...fields].map(([name, text]) => [name, valueFrom(name, text)]))
}

function valueFrom(name: string, text: string): unknown {
  if (name === 'source') throw wrong(name, 'is the part "file" of the form')
  if (NUMBERS.includes(name)) return numberFrom(name, text)
  if (name === 'strict') return booleanFrom(name, text)
  return JSON_FIELDS.includes(name) && /^\s*[[{]/.test(text) ? jsonFrom(name, text) : text
}

/** A bound on what is bought that is there and empty is a slip: nobody meant "without any bound" by it. */
function numberFrom(name: string, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isFinite(value)) return value
  throw wrong(name, 'expected a number; leave the field out where there is none')
}

/** Languages write their booleans in their own way: `True`, `TRUE`. */
function booleanFrom(name: string, text: string): boolean {
  const word = text.toLowerCase()
  if (word === 'true' || word === 'false') return word === 'true'
  throw wrong(name, 'expected true or false')
}

function jsonFrom(name: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw wrong(name, 'expected JSON')
  }
}

function wrong(field: string, message: string): WrongFields {
  return new WrongFields([{ field, message }])
}
