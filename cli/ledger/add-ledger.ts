import type { Command } from 'commander'
import type { EndWith } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'

/** The embedded database's process; started by the stack, never typed. */
export function addLedger(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('ledger', { hidden: true })
    // A supervisor of an older build starts its dead children again by today's launcher.
    .alias('books')
    .description('the embedded database of this home')
    .option('--port <port>', 'where to listen on 127.0.0.1')
    .addHelpText('after', '\nExample:\n  npx matteflow ledger --port 15432')
    .action(async (options: { port?: string }) => {
      const { runLedger } = await import('./run-ledger.ts')
      endWith(await runLedger(terminal, options))
    })
}
