import type { Command } from 'commander'
import type { EndWith } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'

export function addWorker(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('worker')
    .description('run a worker: does the removals that others start (needs REMOVEBGVIDEO_API_KEY)')
    .addHelpText(
      'after',
      '\nExample:\n  TEMPORAL_ADDRESS=temporal:7233 DATABASE_URL=postgres://… STORAGE_URL=s3://… npx matteflow worker',
    )
    .action(async () => {
      const { runWorkerRole } = await import('./run-worker-role.ts')
      endWith(await runWorkerRole(terminal))
    })
}
