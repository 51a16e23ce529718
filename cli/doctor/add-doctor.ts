import type { Command } from 'commander'
import type { EndWith } from '../terminal/command.ts'
import { JSON_FLAG } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'

export function addDoctor(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('doctor')
    .description('one line per problem with its fix; silent when all is well')
    .option(...JSON_FLAG)
    .addHelpText('after', '\nExample:\n  npx matteflow doctor')
    .action(async (flags: { json?: boolean }) => {
      const { runDoctor } = await import('./run-doctor.ts')
      endWith(await runDoctor(terminal, flags))
    })
}
