import type { PollSituation } from '../../domain/poll-delay.ts'

/** A vendor job on paper; milliseconds. */
export interface SimulatedJob {
  lengthMs: number
  /** What we would have guessed for it. */
  usualMs: number
  /** What the vendor says after so long, in whole per cents; null where it says nothing. */
  progressAt(elapsedMs: number): number | null
}

export interface PollingOutcome {
  calls: number
  /** From the job's end to the call that saw it. */
  detectionMs: number
}

/**
 * Polls a job from its start until it is seen finished, each next time after what `nextDelayMs` says and so much
 * later as `lateMs` says.
 */
export function simulatePolling(
  job: SimulatedJob,
  nextDelayMs: (situation: PollSituation) => number,
  lateMs: () => number,
): PollingOutcome {
  let elapsedMs = lateMs()
  for (let calls = 1; ; calls += 1) {
    if (elapsedMs >= job.lengthMs) return { calls, detectionMs: elapsedMs - job.lengthMs }
    const progress = job.progressAt(elapsedMs)
    elapsedMs += nextDelayMs({ elapsedMs, progress, usualMs: job.usualMs, webhookExpected: false }) + lateMs()
  }
}
