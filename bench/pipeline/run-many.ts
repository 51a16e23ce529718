export interface ManyRuns {
  perSecond: number
  /** Of each run, milliseconds. */
  timesMs: number[]
}

/** Runs `one` so often, so many at a time; the numbers it gets differ. */
export async function runMany(
  count: number,
  atOnce: number,
  one: (number: number) => Promise<unknown>,
): Promise<ManyRuns> {
  const timesMs: number[] = []
  let next = 0
  const begun = performance.now()
  const lane = async (): Promise<void> => {
    while (next < count) {
      const number = next
      next += 1
      const start = performance.now()
      await one(number)
      timesMs.push(performance.now() - start)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, lane))
  const seconds = (performance.now() - begun) / 1_000
  return { perSecond: count / seconds, timesMs }
}
