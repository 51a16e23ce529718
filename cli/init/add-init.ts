import type { Command } from 'commander'
import type { EndWith } from '../terminal/command.ts'
import { JSON_FLAG } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { InitFlags } from './run-init.ts'

export function addInit(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('init')
    .description('write a service of your own that starts removals: server, workflow, worker and tests')
    .argument('[folder]', 'where to write it; this folder unless given, which has to be empty')
    .option(...JSON_FLAG)
    .addHelpText('after', '\nExample:\n  npx matteflow init video-service')
    .action(async (folder: string | undefined, flags: InitFlags) => {
      const { runInit } = await import('./run-init.ts')
      endWith(await runInit(terminal, folder, flags))
    })
}
