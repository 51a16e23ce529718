import type { Command } from 'commander'
import { Option } from 'commander'
import { MODELS } from '../../domain/request-values.ts'
import type { EndWith } from '../terminal/command.ts'
import { JSON_FLAG } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { UsageFlags } from './run-usage.ts'

export function addUsage(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('usage')
    .description('credits and vendor jobs by project, user, model and day (UTC), from the ledger')
    .option('--project <id>', 'only this project')
    .option('--user <id>', 'only this user')
    .addOption(new Option('--model <model>', 'only this model').choices(MODELS))
    .option('--since <when>', 'only what was bought since: a duration like 30d, or a date')
    .option('--until <when>', 'only what was bought before')
    .option('--by <dimensions>', 'a list of project, user, model, day', 'project,model,day')
    .option(...JSON_FLAG)
    .addOption(new Option('--csv', 'print comma-separated values').conflicts('json'))
    .addHelpText('after', '\nExample:\n  npx matteflow usage --since 30d --by project,user --csv > usage.csv')
    .action(async (flags: UsageFlags) => {
      const { runUsage } = await import('./run-usage.ts')
      endWith(await runUsage(terminal, flags))
    })
}
