import type { Command } from 'commander'
import { Option } from 'commander'
import { FAILURES } from '../../domain/failures.ts'
import { REMOVAL_STATES } from '../../domain/removal-document.ts'
import type { EndWith } from '../terminal/command.ts'
import { JSON_FLAG } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { ListFlags } from './run-list.ts'

export function addList(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('list')
    .description('removals, newest first')
    .addOption(new Option('--state <state>', 'only those in this state').choices(REMOVAL_STATES))
    .option('--project <id>', 'only those of this project')
    .option('--since <when>', 'only those started since: a duration like 2h or 7d, or a date')
    .addOption(
      new Option(
        '--kind <kind>',
        'only those that are parked for this kind of failure, or failed with it',
      ).choices(Object.keys(FAILURES)),
    )
    .option('--parked-since <when>', 'only those that are parked, and began to be since then')
    .option('--limit <number>', 'at most so many')
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      '\nExamples:\n  npx matteflow list --state processing --project shop\n  npx matteflow list --kind InsufficientCredits --parked-since 1d',
    )
    .action(async (flags: ListFlags) => {
      const { runList } = await import('./run-list.ts')
      endWith(await runList(terminal, flags))
    })
}
