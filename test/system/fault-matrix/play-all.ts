import type { Outcome } from './outcome.ts'
import type { Scenario } from './scenario.ts'
import type { Tally } from './tally.ts'
import { count } from './tally.ts'

/** Outcomes by the name of their scenario; asking for one waits for it. */
export type Outcomes = (name: string) => Promise<Outcome>

/** Begins all of them; each is counted as it ends, well or not. */
export function playAll<Row extends Scenario>(
  rows: readonly Row[],
  tally: Tally,
  playOne: (row: Row) => Promise<Outcome>,
): Outcomes {
  const outcomes = new Map<string, Promise<Outcome>>()
  for (const row of rows) {
    const outcome = playOne(row)
    outcome.then(
      (ended) => count(tally, row.end, ended),
      () => count(tally, row.end, null),
    )
    outcomes.set(row.name, outcome)
  }
  return (name) => outcomes.get(name) ?? Promise.reject(new Error(`${name} was not played`))
}
