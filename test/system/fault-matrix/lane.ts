/** Runs what it is given. */
export type Lane = <Result>(task: () => Promise<Result>) => Promise<Result>

/** At most `width` at once, in order of arrival. */
export function createLane(width: number): Lane {
  const waiting: (() => void)[] = []
  let free = width
  return async (task) => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await task()
    } finally {
      const next = waiting.shift()
      if (next === undefined) free += 1
      else next()
    }
  }
}
