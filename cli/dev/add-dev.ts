import type { Command } from 'commander'
import type { EndWith } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'

export function addDev(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('dev')
    .description('run the embedded stack until Ctrl-C; without a key it works with the sandbox')
    .option('--speed <factor>', 'of the sandbox', '10')
    .addHelpText(
      'after',
      '\nExample:\n  npx matteflow dev\n  npx matteflow remove clip.mp4        (in another terminal)',
    )
    .action(async (options: { speed: string }) => {
      const { runDev } = await import('./run-dev.ts')
      endWith(await runDev(terminal, options))
    })
}
