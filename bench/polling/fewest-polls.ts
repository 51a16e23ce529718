export interface LookingTask {
  /** The guess of a job's length is at most so many times too long or too short, as likely in every proportion. */
  guessOffBy: number
  /** A job is seen in time within this share of its length. */
  lateShare: number
  /** Of all jobs, so many are to be seen in time. */
  inTimeShare: number
}

/**
 * The fewest polls per job that any schedule needs when nothing but the guess is known. On a logarithmic scale the
 * end falls anywhere between the shortest and the longest length with the same chance, and one poll sees those jobs
 * in time that ended within `lateShare` before it: as many such pieces are needed as cover `inTimeShare`.
 */
export function fewestPolls({ guessOffBy, lateShare, inTimeShare }: LookingTask): number {
  const piece = Math.log(1 + lateShare) / (2 * Math.log(guessOffBy))
  const whole = Math.floor(inTimeShare / piece)
  const rest = inTimeShare - whole * piece
  // The jobs that may be seen late cost least when the first poll sees them.
  return 1 - inTimeShare + (piece * whole * (whole + 1)) / 2 + rest * (whole + 1)
}
