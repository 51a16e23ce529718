import type { Command } from 'commander'
import type { EndWith } from '../terminal/command.ts'
import { JSON_FLAG } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { KeysFlags } from './run-keys.ts'

export function addKeys(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('keys')
    .description(
      'how many payloads in Temporal are encrypted with which key, so that a key is not taken away too early',
    )
    .option(
      '--query <query>',
      'only what Temporal lists for a query of one’s own (default: the whole namespace)',
    )
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      `
Example:
  npx matteflow keys
  npx matteflow keys --query "ExecutionStatus = 'Running'" --json

Reads every history that Temporal has, of open and of closed workflows, one after another; what it says of a key holds for
payloads that were there when it began. Run it after everything has been restarted with the new key first.`,
    )
    .action(async (flags: KeysFlags) => {
      const { runKeys } = await import('./run-keys.ts')
      endWith(await runKeys(terminal, flags))
    })
}
