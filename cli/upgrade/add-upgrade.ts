import type { Command } from 'commander'
import type { EndWith } from '../terminal/command.ts'
import { JSON_FLAG } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { UpgradeFlags } from './run-upgrade.ts'

export function addUpgrade(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('upgrade')
    .description(
      'let sleeping removals (parked, or waiting for their vendor job) go on in a new run, on the build that serves now',
    )
    .option('--rate <number/s>', 'so many a second at most', '5/s')
    .option('--dry-run', 'only say which sleep')
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      '\nExample:\n  npx matteflow upgrade --rate 10/s\n  npx matteflow upgrade --dry-run',
    )
    .action(async (flags: UpgradeFlags) => {
      const { runUpgrade } = await import('./run-upgrade.ts')
      endWith(await runUpgrade(terminal, flags))
    })
}
