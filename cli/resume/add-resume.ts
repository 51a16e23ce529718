import type { Command } from 'commander'
import { Option } from 'commander'
import type { EndWith } from '../terminal/command.ts'
import { JSON_FLAG } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { ResumeFlags } from './run-resume.ts'
import type { ResumeAllFlags } from './run-resume-all.ts'

export function addResume(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('resume')
    .description('let parked removals go on from where they stand; what was bought is never bought again')
    .argument('[id]', 'the id of a parked removal')
    .addOption(
      new Option('--as <answer>', 'the answer to an unknown outcome, as the vendor shows it').choices([
        'started',
        'not-started',
      ]),
    )
    .option('--max-credits <credits>', 'raises the limit over all purchases of the removal')
    .option('--by <name>', 'who resumes, kept in history and ledger')
    .option('--note <text>', 'why, kept in history and ledger')
    .option('--all', 'all that are parked for one kind of failure')
    .option('--kind <kind>', 'with --all: the kind of failure')
    .option('--project <id>', 'with --all: only those of this project')
    .option('--rate <number>/s', 'with --all: so many a second (default: 5/s)')
    .option('--dry-run', 'with --all: only say which')
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      `
Examples:
  npx matteflow resume rm_01kcq8zv4h7x2m9t3d5w --as started
  npx matteflow resume --all --kind InsufficientCredits --rate 5/s --dry-run`,
    )
    .action(async (id: string | undefined, flags: ResumeFlags & ResumeAllFlags) => {
      const { runResume } = await import('./run-resume.ts')
      const { runResumeAll } = await import('./run-resume-all.ts')
      endWith(await (flags.all ? runResumeAll(terminal, id, flags) : runResume(terminal, id, flags)))
    })
}
