import type { Scenario } from '../scenario.ts'
import { TROUBLES } from './effects.ts'
import type { Struck } from './expected-end.ts'
import { expectedEnd } from './expected-end.ts'
import { pick, randomFrom } from './random.ts'

/** So many different scenarios of two troubles each; the same ones for the same seed. */
export function drawPairs(count: number, seed: number): Scenario[] {
  const random = randomFrom(seed)
  const drawn = new Map<string, Scenario>()
  while (drawn.size < count) {
    const [first, other] = [pick(TROUBLES, random), pick(TROUBLES, random)]
    const struck: Struck[] = [
      { ...first, nth: 1 },
      { ...other, nth: first.route === other.route ? 2 : 1 },
    ]
    if (contradictsItself(struck)) continue
    const name = struck.map(({ route, what }) => `${route}: ${what}`).join(', then ')
    drawn.set(name, {
      name,
      faults: struck.map(({ make, nth }) => make({ occurrence: nth })),
      end: expectedEnd(struck),
    })
  }
  return [...drawn.values()]
}

/** A vendor that shows a job as moved that it never started cannot be told from one that did. */
function contradictsItself(struck: readonly Struck[]): boolean {
  return struck.some(({ lies }) => lies) && struck.some(({ effect }) => effect === 'not-started')
}
