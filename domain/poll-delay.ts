/** What is known about a running vendor job when the next look is planned; times in milliseconds. */
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

/** The vendor's own advice for the first look. Source: removebgvideo.md §18 [status]. */
const FIRST_MS = 2_000
/** Below this, short jobs would be asked after more often than every 2 s without being noticed any sooner. */
const SHORTEST_MS = 1_300
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
 * When to look at a running job next. Far from the expected end the looks are sparse (at most the time that is
 * expected to be left), near it and after it they come every tenth of the job's length, within 1.3 and 10 s.
 */
export function pollDelayMs({ elapsedMs, progress, usualMs, webhookExpected }: PollSituation): number {
  if (elapsedMs < FIRST_MS) return FIRST_MS
  const fine = Math.max(SHORTEST_MS, elapsedMs * DETECTION_SHARE)
  const leftMs = expectedTotalMs(elapsedMs, progress, usualMs) - elapsedMs
  // Progress may run ahead or stand still (§19.30), so an expectation never stretches a delay beyond the cap.
  const delay = Math.min(LONGEST_MS, Math.max(fine, leftMs))
  return webhookExpected ? Math.min(WEBHOOK_LONGEST_MS, delay * WEBHOOK_SLOWDOWN) : delay
}

function expectedTotalMs(elapsedMs: number, progress: number | null, usualMs: number): number {
  // The first per cents say little: extrapolating from 1 % multiplies its error by a hundred.
  if (progress !== null && progress >= 5 && progress <= 100) return (elapsedMs * 100) / progress
  return usualMs * TRUSTED_SHARE
}
