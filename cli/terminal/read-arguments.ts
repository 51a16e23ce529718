import { millisecondsFrom } from '../../domain/duration.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { projectSchema, removalIdSchema } from '../../domain/removal-request.schema.ts'

/** The number of a flag; `InvalidRequest` naming the flag when it is none, or out of its bounds. */
export function readNumber(
  flag: string,
  text: string,
  bounds: { least?: number; most?: number } = {},
): number {
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = bounds
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (value >= least && value <= most && Number.isFinite(value)) return value
  const range = [
    ...(least > Number.NEGATIVE_INFINITY ? [`at least ${least}`] : []),
    ...(most < Number.POSITIVE_INFINITY ? [`at most ${most}`] : []),
  ]
  throw refused(`${flag}: expected a number${range.map((part) => `, ${part}`).join('')}, not ${text}`)
}

/** A port of this machine; 0 is any free one. */
export function readPort(text: string): number {
  return Math.trunc(readNumber('--port', text, { least: 0, most: 65_535 }))
}

/** An id as somebody typed it; `InvalidRequest` when it cannot be one. */
export function readId(id: string): string {
  const parsed = removalIdSchema.safeParse(id)
  if (parsed.success) return parsed.data
  throw refused(`<id>: expected 1 to 64 of A-Z a-z 0-9 _ -, not ${id.slice(0, 80)}`)
}

/** A project as a request may name it; `InvalidRequest` naming the argument when it cannot be one. */
export function readProject(argument: string, text: string): string {
  const parsed = projectSchema.safeParse(text)
  if (parsed.success) return parsed.data
  throw refused(`${argument}: expected 1 to 64 of A-Z a-z 0-9 . _ -, not ${text.slice(0, 80)}`)
}

/** The moment of a flag: a duration ago, or a date; `InvalidRequest` naming the flag when it is neither. */
export function readMoment(flag: string, text: string): Date {
  const ago = millisecondsFrom(text)
  const moment = ago === undefined ? new Date(text) : new Date(Date.now() - ago)
  if (!Number.isNaN(moment.getTime())) return moment
  throw refused(
    `${flag}: expected a duration like 2h or 30d, or a date like 2026-11-23, not ${text.slice(0, 80)}`,
  )
}

const MOST_PER_SECOND = 1_000

/** So many a second, from a flag like `5/s`; `InvalidRequest` naming the flag when it is none. */
export function readRate(flag: string, text: string): number {
  const [, number] = /^(\d{1,4}(?:\.\d+)?)\/s$/.exec(text.trim()) ?? []
  const perSecond = Number(number)
  if (perSecond > 0 && perSecond <= MOST_PER_SECOND) return perSecond
  throw refused(`${flag}: expected a rate like 5/s, at most ${MOST_PER_SECOND}/s, not ${text}`)
}

/** A flag may be one of a removal that has bought something long ago, so that no advice speaks of what was bought. */
function refused(message: string): RemovalFailure {
  return new RemovalFailure('InvalidRequest', message, {
    hint: 'Correct it and run the command again: nothing was done.',
  })
}
