import type { Command } from 'commander'
import type { EndWith } from '../terminal/command.ts'
import { JSON_FLAG } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { DoctorFlags } from './run-doctor.ts'

export function addDoctor(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('doctor')
    .description('one line per problem with its fix; silent when all is well')
    .option(
      '--deep',
      'also let a worker go a removal’s way up to a draft, which costs nothing, and replay what is unfinished',
    )
    .option(...JSON_FLAG)
    .addHelpText('after', '\nExample:\n  npx matteflow doctor\n  npx matteflow doctor --deep')
    .action(async (flags: DoctorFlags) => {
      const { runDoctor } = await import('./run-doctor.ts')
      endWith(await runDoctor(terminal, flags))
    })
}
