import type { Command } from 'commander'
import type { EndWith } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { SandboxFlags } from './run-sandbox.ts'

const collect = (key: string, keys: string[] = []): string[] => [...keys, key]

export function addSandbox(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('sandbox')
    .description('run a vendor of your own: real processing and bills, no account')
    .option('--port <port>', 'where to listen; 0: any free one', '4010')
    .option('--host <address>', 'the address to listen on; 0.0.0.0: every one of this machine', '127.0.0.1')
    .option(
      '--public-url <url>',
      'what others reach it by, which its URLs then begin with (default: where it listens)',
    )
    .option('--speed <factor>', 'processing takes this many times less than at the vendor', '10')
    .option(
      '--key <accepted key>',
      'an API key to accept; may be repeated (default: a generated one)',
      collect,
    )
    .option('--data <folder>', 'where uploads, outputs and bills live (default: a temporary folder)')
    .addHelpText('after', '\nExample:\n  npx matteflow sandbox --port 4010 --speed 10 --key my-test-key')
    .action(async (options: SandboxFlags) => {
      const { runSandbox } = await import('./run-sandbox.ts')
      endWith(await runSandbox(terminal, options))
    })
}
