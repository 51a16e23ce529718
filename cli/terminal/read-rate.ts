import { RemovalFailure } from '../../domain/removal-failure.ts'

const MOST_PER_SECOND = 1_000

/** So many a second, from a flag like `5/s`; `InvalidRequest` naming the flag when it is none. */
export function readRate(flag: string, text: string): number {
  const [, number] = /^(\d{1,4}(?:\.\d+)?)\/s$/.exec(text.trim()) ?? []
  const perSecond = Number(number)
  if (perSecond > 0 && perSecond <= MOST_PER_SECOND) return perSecond
  throw new RemovalFailure(
    'InvalidRequest',
    `${flag}: expected a rate like 5/s, at most ${MOST_PER_SECOND}/s, not ${text}`,
  )
}
