import type { Command } from 'commander'
import type { EndWith } from '../terminal/command.ts'
import { JSON_FLAG } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { ExchangesFlags } from './run-exchanges.ts'

export function addExchanges(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('exchanges')
    .description('what the vendor was asked for a removal, and what it answered: redacted, oldest first')
    .argument('<id>', 'the id of a removal')
    .option('--last <number>', 'only the last so many')
    .option(...JSON_FLAG)
    .addHelpText('after', '\nExample:\n  npx matteflow exchanges rm_01kcq8zv4h7x2m9t3d5w --last 5 --json')
    .action(async (id: string, flags: ExchangesFlags) => {
      const { runExchanges } = await import('./run-exchanges.ts')
      endWith(await runExchanges(terminal, id, flags))
    })
}
