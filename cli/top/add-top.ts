import type { Command } from 'commander'
import type { EndWith } from '../terminal/command.ts'
import { JSON_FLAG } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { TopFlags } from './run-top.ts'

export function addTop(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('top')
    .description('what runs, what stands still and what today cost, on one screen that stays current')
    .option('--once', 'print it once and end, as it does where nobody watches')
    .option(...JSON_FLAG)
    .addHelpText('after', '\nExample:\n  npx matteflow top')
    .action(async (flags: TopFlags) => {
      const { runTop } = await import('./run-top.ts')
      endWith(await runTop(terminal, flags))
    })
}
