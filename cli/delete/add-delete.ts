import type { Command } from 'commander'
import type { EndWith } from '../terminal/command.ts'
import { JSON_FLAG } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'

export function addDelete(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('delete')
    .description('delete the files of a removal that has ended: output, refused files, input, exchanges')
    .argument('<id>', 'the id of a removal')
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      '\nThe ledger keeps what it cost. MATTEFLOW_KEEP deletes by itself.\n\nExample:\n  npx matteflow delete rm_01kcq8zv4h7x2m9t3d5w',
    )
    .action(async (id: string, flags: { json?: boolean }) => {
      const { runDelete } = await import('./run-delete.ts')
      endWith(await runDelete(terminal, id, flags))
    })
}
