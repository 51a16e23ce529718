import type { Command } from 'commander'
import { Option } from 'commander'
import type { EndWith } from '../terminal/command.ts'
import { JSON_FLAG } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { ReconcileFlags } from './run-reconcile.ts'

export function addReconcile(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('reconcile')
    .description(
      "compare our ledger with the vendor's records; settles what has ended, names every difference",
    )
    .option('--project <id>', 'only the purchases of this project; then without the totals of the keys')
    .option('--days <number>', 'so many days back, 1 to 90', '30')
    .option('--schedule <duration>', 'do it again and again, every 1d for instance, by a Temporal schedule')
    .addOption(new Option('--unschedule', 'end that').conflicts('schedule'))
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      '\nEnds with 0 whether or not anything differs: --json has the counts.\n\nExample:\n  npx matteflow reconcile --days 7',
    )
    .action(async (flags: ReconcileFlags) => {
      const { runReconcile } = await import('./run-reconcile.ts')
      endWith(await runReconcile(terminal, flags))
    })
}
