import type { Command } from 'commander'
import type { EndWith } from '../terminal/command.ts'
import { JSON_FLAG } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { QuoteFlags } from './run-quote.ts'

export function addQuote(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('quote')
    .description('what a video would cost and take with every model; stores and buys nothing')
    .argument('<file or URL>', 'a video file, its http(s) URL, or a length in seconds like 12.5')
    .option('--project <id>', 'the project whose budget is shown', 'default')
    .option(...JSON_FLAG)
    .addHelpText('after', '\nExample:\n  npx matteflow quote clip.mp4\n  npx matteflow quote 12.5 --json')
    .action(async (source: string, flags: QuoteFlags) => {
      const { runQuote } = await import('./run-quote.ts')
      endWith(await runQuote(terminal, source, flags))
    })
}
