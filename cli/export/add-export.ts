import type { Command } from 'commander'
import type { EndWith } from '../terminal/command.ts'
import { JSON_FLAG } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { ExportFlags } from './run-export.ts'

export function addExport(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('export')
    .description(
      'write a removal’s bundle: request, history, vendor exchanges and ledger rows, without personal words',
    )
    .argument('<id>', 'the removal')
    .option('--out <file>', 'where to write it; <id>.bundle.json.gz unless given')
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      `
Example:
  npx matteflow export rm_01kcq8zv4h7x2m9t3d5w
  npx matteflow replay --tape rm_01kcq8zv4h7x2m9t3d5w.bundle.json.gz`,
    )
    .action(async (id: string, flags: ExportFlags) => {
      const { runExport } = await import('./run-export.ts')
      endWith(await runExport(terminal, id, flags))
    })
}
