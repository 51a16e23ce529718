import { foreignOutput } from '../../../sandbox/faults/builders.ts'
import type { Gate } from './gate.ts'
import { STRICTEST } from './modes.ts'
import type { Outcome } from './outcome.ts'
import { play } from './play.ts'
import type { Scenario } from './scenario.ts'
import { SERVED } from './scenario.ts'
import type { Stack } from './stack.ts'

/** A scenario during which the vendor's port is closed for a while, from the moment before one call. */
export interface RefusedConnection extends Scenario {
  close(gate: Gate): Promise<void>
}

const SHORT_MS = 1_500
/** Longer than the outage budget and the first wake-ups. */
const LONG_MS = 8_000

const BEFORE: [string, (gate: Gate, ms: number) => Promise<void>][] = [
  ['upload', (gate, ms) => gate.closeFor(ms)],
  ['create', (gate, ms) => gate.closeAfter(/^POST \/v1\/uploads 200/, 1, ms)],
  ['start', (gate, ms) => gate.closeAfter(/^POST \/v1\/jobs 200/, 1, ms)],
  ['status', (gate, ms) => gate.closeAfter(/^POST \/v1\/jobs\/[^ ]+\/start 200/, 1, ms)],
  // The first that shows the job completed ends the wait, the second is the retrieval's own.
  ['output', (gate, ms) => gate.closeAfter(/^GET \/v1\/jobs\/.*"status":"completed"/, 2, ms)],
]

/** Nothing was sent, so nothing is in doubt: every row is served, whatever the call. */
export const REFUSED_CONNECTIONS: RefusedConnection[] = BEFORE.flatMap(([call, close]) =>
  [SHORT_MS, LONG_MS].map((ms) => ({
    name: `${call} is refused for ${ms / 1_000} s`,
    faults: [],
    end: SERVED,
    close: (gate) => close(gate, ms),
  })),
)

/** One after the other, for the port is everybody's. */
export async function playRefused(row: RefusedConnection, stack: Stack): Promise<Outcome> {
  if (stack.gate === null) throw new TypeError('refused connections need a gate')
  const closed = row.close(stack.gate)
  // Outputs come through the gate as well, or their refusal could not be played.
  const outcome = await play(
    { ...row, faults: [foreignOutput(stack.gate.url)] },
    { mode: STRICTEST, operator: () => 'never', stack },
  )
  await closed
  return outcome
}
