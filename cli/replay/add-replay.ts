import type { Command } from 'commander'
import type { EndWith } from '../terminal/command.ts'
import { JSON_FLAG } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { ReplayFlags } from './run-replay.ts'

export function addReplay(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('replay')
    .description(
      'replay workflow histories against this build: which running removals could not go on with it',
    )
    .argument(
      '[history.json...]',
      'histories as Temporal’s command line or UI write them, gzipped or not, or folders of them',
    )
    .option('--open', 'every removal that is unfinished in Temporal now')
    .option('--query <query>', 'what Temporal lists for a query of one’s own')
    .option('--release <version>', 'the histories that were recorded with a release of matteflow')
    .option('--tape', 'the files are bundles that `export` wrote: play the vendor’s answers to this build')
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      `
Example:
  temporal workflow show --workflow-id removal/rm_01kcq8zv4h7x2m9t3d5w --output json > history.json
  npx matteflow replay history.json
  npx matteflow replay --open
  npx matteflow replay --release 0.1.0
  npx matteflow replay --tape rm_01kcq8zv4h7x2m9t3d5w.bundle.json.gz

Ends with 0 when all replay, with 1 when one diverges, and with 2 when one cannot be read or there is none. With --open there
may be none: a first deployment has nothing unfinished, and passes.
With --tape, a vendor that answers from the tape leads this build through the removal in skipped time, and the decisions,
calls, retries and credits that would differ are listed. It takes files or folders, ends with 1 where something would differ,
and with 2 where a bundle cannot be played; the others are played all the same.`,
    )
    .action(async (paths: string[], flags: ReplayFlags) => {
      const { runReplay } = await import('./run-replay.ts')
      endWith(await runReplay(terminal, paths, flags))
    })
}
