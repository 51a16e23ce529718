/** What one more purchase would do to the credits of a removal. */
export interface MoreCredits {
  /** The request's limit over all purchases, or what a person has raised it to; null where there is none. */
  maxCredits: number | null
  /** Of all purchases so far; a failed one counts as charged until shown otherwise. */
  spentMillicredits: number
  /** The estimate of the next one; null where the length is unknown, so that a limit cannot be kept. */
  nextMillicredits: number | null
}

/** The one check that every way to a purchase passes: the first, a fallback, and a resume after a job that failed. */
export function isWithinLimit({ maxCredits, spentMillicredits, nextMillicredits }: MoreCredits): boolean {
  if (maxCredits === null) return true
  if (nextMillicredits === null) return false
  // Rounded down: a limit is never overspent, not by a fraction of a thousandth either.
  return spentMillicredits + nextMillicredits <= Math.floor(maxCredits * 1_000 + 1e-6)
}
