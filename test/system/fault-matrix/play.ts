import { setTimeout as pause } from 'node:timers/promises'
import type { Fault } from '../../../sandbox/index.ts'
import { clipNamed } from '../plant/clip.ts'
import type { Mode } from './modes.ts'
import { LATE_MS } from './modes.ts'
import type { Operator } from './operator.ts'
import { followToEnd } from './operator.ts'
import type { Outcome } from './outcome.ts'
import { measure } from './outcome.ts'
import { recordHistory } from './record-history.ts'
import type { Scenario } from './scenario.ts'
import type { Stack } from './stack.ts'

let played = 0

/** Whether a file is the input of a scenario. */
export function isInput(name: string | null): boolean {
  return name?.startsWith('input-') === true
}

/** What a scenario is played with, besides its faults. */
interface Cast {
  mode: Mode
  operator: Operator
  stack: Stack
  /** Asks for the removal, where the library does not. Resolves with its id. */
  begin?(wanted: { source: string; project: string }): Promise<string>
}

/** Plays one scenario to its end. Its input's name is its own: faults, modes, bills and entries of the ledger are told apart by it. */
export async function play(
  { name, faults, request }: Pick<Scenario, 'name' | 'faults' | 'request'>,
  { mode, operator, stack, begin }: Cast,
): Promise<Outcome> {
  played += 1
  const input = `input-${played}.mp4`
  const source = await clipNamed(input, stack.folder)
  stack.sandbox.setStartModes(input, mode.modes)
  stack.sandbox.addFaults([...mode.always, ...faults].map((fault) => ({ ...fault, input })))
  const reference = `${name}, where ${mode.name}`
  const wanted = { reference, ...request, source, project: input }
  const id = await (begin?.(wanted) ??
    stack.removals.start(wanted, { isNew: true }).then((started) => started.id))
  const document = await followToEnd(stack, { id, input, operator })
  // What the vendor does later than it answers is counted as well.
  if ([...mode.always, ...faults].some(isLate)) await pause(LATE_MS)
  const outcome = await measure(stack, input, document)
  await recordHistory(stack, id, outcome)
  return outcome
}

function isLate({ action }: Fault): boolean {
  return action.type === 'answer' && action.when === 'later'
}
