import { millisecondsFrom } from '../../domain/duration.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'

/** The moment of a flag: a duration ago, or a date; `InvalidRequest` naming the flag when it is neither. */
export function readMoment(flag: string, text: string): Date {
  const ago = millisecondsFrom(text)
  const moment = ago === undefined ? new Date(text) : new Date(Date.now() - ago)
  if (!Number.isNaN(moment.getTime())) return moment
  throw new RemovalFailure(
    'InvalidRequest',
    `${flag}: expected a duration like 2h or 30d, or a date like 2026-11-23, not ${text.slice(0, 80)}`,
  )
}
