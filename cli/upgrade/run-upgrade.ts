import type { Renewal } from '../../client/removals.ts'
import { withRemovals } from '../removal/with-removals.ts'
import { INTERRUPTED_EXIT_CODE } from '../terminal/end-with-failure.ts'
import { readRate } from '../terminal/read-arguments.ts'
import { interrupts } from '../terminal/stop-signals.ts'
import type { Terminal } from '../terminal/terminal.ts'

export interface UpgradeFlags {
  rate?: string
  dryRun?: boolean
  json?: boolean
}

/** Wakes what sleeps: a line each, then how many. Nothing is resumed and nothing is bought. */
export async function runUpgrade(
  terminal: Terminal,
  { rate = '5/s', dryRun: isDryRun = false, json = false }: UpgradeFlags,
): Promise<number> {
  const ratePerSecond = readRate('--rate', rate)
  return withRemovals(terminal, {}, async ({ removals }) => {
    const interrupt = interrupts()
    const told: Renewal[] = []
    const onRenewed = (renewal: Renewal): void => {
      told.push(renewal)
      const { outcome, id, project, state } = renewal
      if (!json) terminal.result(`${outcome.padEnd(6)} ${id} (project ${project}, ${state})`)
    }
    try {
      await removals.renewAll({ ratePerSecond, isDryRun, onRenewed, signal: interrupt.signal })
    } catch (error) {
      if (!interrupt.signal.aborted) throw error
    } finally {
      interrupt.release()
    }
    const gone = told.filter(({ outcome }) => outcome === 'gone').length
    const [woken, asleep] = isDryRun ? [0, told.length] : [told.length - gone, 0]
    if (json) terminal.json({ isDryRun, woken, gone, asleep, removals: told })
    else
      terminal.say(
        isDryRun
          ? `${asleep} sleep; nothing was changed`
          : `${woken} woken, ${gone} had ended; the rest goes on by itself`,
      )
    return interrupt.signal.aborted ? INTERRUPTED_EXIT_CODE : 0
  })
}
