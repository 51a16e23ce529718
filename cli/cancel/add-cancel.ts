import type { Command } from 'commander'
import type { EndWith } from '../terminal/command.ts'
import { JSON_FLAG } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { CancelFlags } from './run-cancel.ts'

export function addCancel(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('cancel')
    .description('end our work on a removal; says whether a vendor job still runs and bills')
    .argument('<id>', 'the id of a removal')
    .option('--by <name>', 'who cancels, kept with the removal')
    .option('--note <text>', 'why, kept with the removal')
    .option(...JSON_FLAG)
    .addHelpText('after', '\nExample:\n  npx matteflow cancel rm_01kcq8zv4h7x2m9t3d5w')
    .action(async (id: string, flags: CancelFlags) => {
      const { runCancel } = await import('./run-cancel.ts')
      endWith(await runCancel(terminal, id, flags))
    })
}
