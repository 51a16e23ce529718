import type { Command } from 'commander'
import type { EndWith } from '../terminal/end-with.ts'
import type { Terminal } from '../terminal/terminal.ts'

/** The embedded database's process; started by the stack, never typed. */
export function addBooks(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('books', { hidden: true })
    .description('the embedded database of this home')
    .option('--port <port>', 'where to listen on 127.0.0.1')
    .addHelpText('after', '\nExample:\n  npx matteflow books --port 15432')
    .action(async (options: { port?: string }) => {
      const { runBooks } = await import('./run-books.ts')
      endWith(await runBooks(terminal, options))
    })
}
