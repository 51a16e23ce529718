import type { Command } from 'commander'
import type { EndWith } from '../terminal/command.ts'
import { JSON_FLAG } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'

export function addReplay(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('replay')
    .description('replay recorded workflow histories against this build')
    .argument('<history.json...>', 'histories as the Temporal command line or UI writes them')
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      `
Example:
  temporal workflow show --workflow-id removal/rm_01kcq8zv4h7x2m9t3d5w --output json > history.json
  npx matteflow replay history.json`,
    )
    .action(async (paths: string[], flags: { json?: boolean }) => {
      const { runReplay } = await import('./run-replay.ts')
      endWith(await runReplay(terminal, paths, flags))
    })
}
