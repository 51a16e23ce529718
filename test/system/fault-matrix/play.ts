import { clipNamed } from './clip.ts'
import type { Operator } from './operator.ts'
import { followToEnd } from './operator.ts'
import type { Outcome } from './outcome.ts'
import { measure } from './outcome.ts'
import type { Scenario } from './scenario.ts'
import type { Stack } from './stack.ts'

let played = 0

/** Plays one scenario to its end. Its input's name is its own: faults, bills and books are told apart by it. */
export async function play(
  scenario: Pick<Scenario, 'name' | 'faults' | 'request'>,
  operator: Operator,
  stack: Stack,
): Promise<Outcome> {
  played += 1
  const input = `input-${played}.mp4`
  const source = await clipNamed(input, stack.folder)
  stack.sandbox.addFaults(scenario.faults.map((fault) => ({ ...fault, input })))
  const request = { reference: scenario.name, ...scenario.request, source, project: input }
  const { id } = await stack.removals.start(request, { isNew: true })
  const document = await followToEnd(stack, { id, input, operator })
  return measure(stack, input, document)
}

/** At most `width` at once, in order of arrival. */
export function createLane(width: number): <Result>(task: () => Promise<Result>) => Promise<Result> {
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
