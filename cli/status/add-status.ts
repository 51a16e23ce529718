import type { Command } from 'commander'
import type { EndWith } from '../terminal/command.ts'
import { JSON_FLAG } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'

export function addStatus(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('status')
    .description('how a removal stands, with progress')
    .argument('<id>', 'the id of a removal')
    .option(...JSON_FLAG)
    .addHelpText('after', '\nExample:\n  npx matteflow status rm_01kcq8zv4h7x2m9t3d5w --json')
    .action(async (id: string, flags: { json?: boolean }) => {
      const { runStatus } = await import('./run-status.ts')
      endWith(await runStatus(terminal, id, flags))
    })
}
