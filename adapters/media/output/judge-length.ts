/** The lengths that an output may rightly have, seconds. */
export interface LengthWitnesses {
  /** Of the input, or of the part of it that was asked for: as a player shows it, and its picture alone. */
  inputSeconds: readonly number[]
  /** The vendor's own word; null where it gave none. */
  vendorSeconds: number | null
}

/** What is known of an output's own length. */
export interface OutputLength {
  durationSeconds: number | null
  frames: number | null
  framesPerSecond: number | null
}

export type LengthVerdict =
  | { finding: 'fine' }
  | { finding: 'doubt'; message: string }
  | { finding: 'wrong'; reason: string }

/** A rounded frame rate is off by a few percent, a dropped frame by its own length. */
const TOLERANCE_SECONDS = 0.5
const TOLERANCE_SHARE = 0.02
const PROVEN_SHARE = 2 / 3
/** A frame or two never prove anything; where the rate is not known they are taken to be these. */
const UNKNOWN_FRAMES_PER_SECOND = 10

/**
 * Judges the length of an output. It is wrong only where it is shorter than two thirds of every witness, and by more
 * than two frames; whatever else differs from the input is a doubt.
 */
export function judgeLength(
  actual: OutputLength,
  { inputSeconds, vendorSeconds }: LengthWitnesses,
): LengthVerdict {
  const vendor = vendorSeconds !== null && vendorSeconds > 0 ? [vendorSeconds] : []
  const expected = inputSeconds.length > 0 ? inputSeconds : vendor
  const witnesses = [...inputSeconds, ...vendor]
  const twoFrames = 2 / (actual.framesPerSecond ?? UNKNOWN_FRAMES_PER_SECOND)
  const shortest = Math.min(...witnesses)
  const named = expected.map((seconds) => `${seconds.toFixed(2)} s`).join(' or ')
  const { durationSeconds } = actual
  if (witnesses.length === 0) return { finding: 'fine' }
  if (durationSeconds === null) {
    if (actual.frames !== 1 || Math.min(...expected) <= TOLERANCE_SECONDS) return { finding: 'fine' }
    return { finding: 'doubt', message: `it is a single picture, ${named} were bought` }
  }
  const isShort = durationSeconds < shortest * PROVEN_SHARE && shortest - durationSeconds > twoFrames
  if (isShort)
    return { finding: 'wrong', reason: `it lasts ${durationSeconds.toFixed(2)} s, ${named} were bought` }
  const isClose = expected.some(
    (seconds) =>
      Math.abs(durationSeconds - seconds) <= Math.max(TOLERANCE_SECONDS, TOLERANCE_SHARE * seconds),
  )
  if (isClose) return { finding: 'fine' }
  return { finding: 'doubt', message: `it lasts ${durationSeconds.toFixed(2)} s, the input ${named}` }
}
