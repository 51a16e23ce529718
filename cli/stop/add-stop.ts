import type { Command } from 'commander'
import type { EndWith } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'

export function addStop(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('stop')
    .description('end the embedded stack of this home; what is unfinished goes on when it starts again')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  npx matteflow stop')
    .action(async (options: { json?: boolean }) => {
      const { runStop } = await import('./run-stop.ts')
      endWith(await runStop(terminal, options))
    })
}
