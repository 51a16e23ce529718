/** What is known about a running vendor job when the next poll is planned; times in milliseconds. */
export interface PollSituation {
  /** Since the start was accepted. */
  elapsedMs: number
  /** The vendor's progress, 0 to 100, where it says one. */
  progress: number | null
  /** How long jobs like this usually take. */
  usualMs: number
  /** Whether the vendor promised to call back. */
  webhookExpected: boolean
}

/** The vendor's own advice for the first poll. Source: docs/vendors/removebgvideo.md §18 [status]. */
const FIRST_MS = 2_000
/** Below this, a job of 10 s would be asked after more often than every 2 s; above it, be seen too late on average. */
const SHORTEST_MS = 1_700
/** "10 s for long jobs" there, and the longest we let a finished job wait. */
const LONGEST_MS = 10_000
/** A finished job is noticed within this share of its length. */
const DETECTION_SHARE = 0.1
/** Guesses are off by up to two in both directions: few jobs end before this share of the usual time. */
const TRUSTED_SHARE = 0.6
/** With a webhook the polls only catch lost ones. */
const WEBHOOK_SLOWDOWN = 3
const WEBHOOK_LONGEST_MS = 60_000

/**
 * When to poll a running job next. Before the earliest end that is plausible the polls are sparse (at most the
 * time until then), after it they come every tenth of the job's length, within 1.7 and 10 s.
 */
export function pollDelayMs({ elapsedMs, progress, usualMs, webhookExpected }: PollSituation): number {
  if (elapsedMs < FIRST_MS) return FIRST_MS
  const fine = Math.max(SHORTEST_MS, elapsedMs * DETECTION_SHARE)
  const leftMs = earliestTotalMs(elapsedMs, progress, usualMs) - elapsedMs
  const delay = Math.min(LONGEST_MS, Math.max(fine, leftMs))
  return webhookExpected ? Math.min(WEBHOOK_LONGEST_MS, delay * WEBHOOK_SLOWDOWN) : delay
}

/**
 * Progress may be old, stand still or run ahead (§19.30), so it is believed only when it says that a job ends sooner
 * than others of its kind.
 */
function earliestTotalMs(elapsedMs: number, progress: number | null, usualMs: number): number {
  const guessedMs = usualMs * TRUSTED_SHARE
  // The first per cents say little: extrapolating from 1 % multiplies its error by a hundred.
  if (progress === null || progress < 5 || progress > 100) return guessedMs
  return Math.min(guessedMs, (elapsedMs * 100) / progress)
}
