import { percentile } from '../percentile.ts'

export interface ManyRuns {
  perSecond: number
  /** Of one run, milliseconds. */
  p50: number
  p99: number
}

/** Runs `one` so often, so many at a time; the numbers it gets differ. */
export async function runMany(
  count: number,
  atOnce: number,
  one: (number: number) => Promise<unknown>,
): Promise<ManyRuns> {
  const times: number[] = []
  let next = 0
  const begun = performance.now()
  const lane = async (): Promise<void> => {
    while (next < count) {
      const number = next
      next += 1
      const start = performance.now()
      await one(number)
      times.push(performance.now() - start)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, lane))
  const seconds = (performance.now() - begun) / 1_000
  return { perSecond: count / seconds, p50: percentile(times, 0.5), p99: percentile(times, 0.99) }
}
