import type { Command } from 'commander'
import { Option } from 'commander'
import type { EndWith } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'

/** The background supervisor; started by other commands, never typed. */
export function addStack(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('stack', { hidden: true })
    .description('the embedded stack in the background')
    .addOption(
      new Option('--vendor <which>').choices(['configured', 'sandbox', 'none']).default('configured'),
    )
    .option('--idle <duration>', 'ends after so long with nothing to do, or never')
    .option('--speed <factor>', 'of the sandbox')
    .addHelpText('after', '\nExample:\n  npx matteflow stack --vendor sandbox --idle 10m')
    .action(async (options: { vendor: 'configured' | 'sandbox' | 'none'; idle?: string; speed?: string }) => {
      const { superviseInBackground } = await import('./supervise-in-background.ts')
      endWith(await superviseInBackground(terminal, options))
    })
}
