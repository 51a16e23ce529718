import { setTimeout as pause } from 'node:timers/promises'
import type { Database } from '../../adapters/ledger/open-database.ts'
import type { TemporalAccess } from '../../local/temporal/with-temporal.ts'
import { withRemovals } from '../removal/with-removals.ts'
import { interrupts } from '../terminal/stop-signals.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { withLedger } from '../terminal/with-ledger.ts'
import { renderStanding } from './render-standing.ts'
import { standingNow } from './standing.ts'

export interface TopFlags {
  once?: boolean
  json?: boolean
}

const EVERY_MS = 2_000

/** Shows how everything stands, again and again where somebody watches, once elsewhere. */
export async function runTop(terminal: Terminal, { once = false, json = false }: TopFlags): Promise<number> {
  const { redraw } = terminal
  await withRemovals(terminal, {}, ({ access }) =>
    withLedger(terminal, async (database) => {
      if (json) terminal.json(await standingNow(access, database))
      else if (once || redraw === undefined)
        terminal.result(renderStanding(await standingNow(access, database)))
      else await stayCurrent(redraw, access, database)
    }),
  )
  return 0
}

async function stayCurrent(
  redraw: (text: string) => void,
  access: TemporalAccess,
  database: Database,
): Promise<void> {
  const { signal, release } = interrupts()
  try {
    while (!signal.aborted) {
      redraw(`${renderStanding(await standingNow(access, database))}\n\nCtrl-C ends`)
      await pause(EVERY_MS, undefined, { signal }).catch(() => {})
    }
  } finally {
    release()
  }
}
