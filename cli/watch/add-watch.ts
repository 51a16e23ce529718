import type { Command } from 'commander'
import type { EndWith } from '../terminal/command.ts'
import { JSON_FLAG } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { WatchFlags } from './run-watch.ts'

export function addWatch(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('watch')
    .description('stay with a removal until it ends or parks')
    .argument('<id>', 'the id of a removal')
    .option('--out <file>', 'save the output, also of one that finished long ago')
    .option('--refused', 'with --out: save the file that was refused as an output, and kept')
    .option('--wait', 'wait on while it is parked')
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      `
Examples:
  npx matteflow watch rm_01kcq8zv4h7x2m9t3d5w --out clip.webm
  npx matteflow watch rm_01kcq8zv4h7x2m9t3d5w --refused --out refused.webm`,
    )
    .action(async (id: string, flags: WatchFlags) => {
      const { runWatch } = await import('./run-watch.ts')
      endWith(await runWatch(terminal, id, flags))
    })
}
