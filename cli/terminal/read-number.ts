import { RemovalFailure } from '../../domain/removal-failure.ts'

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
  throw new RemovalFailure(
    'InvalidRequest',
    `${flag}: expected a number${range.map((part) => `, ${part}`).join('')}, not ${text}`,
  )
}

/** A port of this machine; 0 is any free one. */
export function readPort(text: string): number {
  return Math.trunc(readNumber('--port', text, { least: 0, most: 65_535 }))
}
