import { randomFrom } from './random.ts'
import type { SimulatedJob } from './simulate-polling.ts'

/** How vendors report progress, well or badly; the share of the job that is done → per cents that are shown. */
export const PROGRESS_PATTERNS: Record<string, (done: number) => number | null> = {
  'steady progress': (done) => done * 100,
  'no progress': () => null,
  'progress runs ahead': (done) => Math.min(99, done * 200),
  'progress stalls at 40 %': (done) => (done < 0.4 ? done * 100 : done < 0.9 ? 40 : done * 100),
}

/** A guess is at most so many times too long or too short. */
export const GUESS_OFF_BY = 2
/** Vendors compute a new figure now and then, not for each question. */
const REPORT_SHARE = 0.02
const REPORT_AT_LEAST_MS = 1_000

/** Jobs of about one length: some tenth shorter or longer, with a guess up to twice too short or too long. */
export function simulatedJobs(
  lengthMs: number,
  pattern: string,
  count: number,
  seed: number,
): SimulatedJob[] {
  const random = randomFrom(seed)
  const shownAt = PROGRESS_PATTERNS[pattern] ?? (() => null)
  return Array.from({ length: count }, () => {
    const actualMs = lengthMs * (0.9 + 0.2 * random())
    const everyMs = Math.max(REPORT_AT_LEAST_MS, actualMs * REPORT_SHARE)
    const firstMs = everyMs * random()
    return {
      lengthMs: actualMs,
      usualMs: actualMs * GUESS_OFF_BY ** (2 * random() - 1),
      progressAt(elapsedMs) {
        const reports = Math.floor((elapsedMs - firstMs) / everyMs)
        const shown = shownAt(reports < 0 ? 0 : (firstMs + reports * everyMs) / actualMs)
        return shown === null ? null : Math.floor(shown)
      },
    }
  })
}
