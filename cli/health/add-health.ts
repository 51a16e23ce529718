import type { Command } from 'commander'
import type { EndWith } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'

export function addHealth(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('health')
    .description('whether Temporal answers and the worker of this host serves it; for health checks')
    .addHelpText('after', '\nExample:\n  TEMPORAL_ADDRESS=temporal:7233 npx matteflow health')
    .action(async () => {
      const { runHealth } = await import('./run-health.ts')
      endWith(await runHealth(terminal))
    })
}
