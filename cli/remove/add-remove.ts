import type { Command } from 'commander'
import { MODELS, OUTPUT_FORMATS } from '../../domain/request-values.ts'
import type { EndWith } from '../terminal/command.ts'
import { JSON_FLAG } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { RemoveFlags } from './request-from-flags.ts'

export function addRemove(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('remove')
    .description('remove the background of one video: waits, shows progress, saves the output')
    .argument('<file or URL>', 'an mp4, mov, webm or avi of at most 500,000,000 bytes, or its http(s) URL')
    .option('--model <model>', `${MODELS.join(', ')} (default: original)`)
    .option('--format <format>', `${OUTPUT_FORMATS.join(', ')} (default: webm)`)
    .option('--background <what>', 'transparent, #rrggbb or the URL of an image (default: transparent)')
    .option('--prompt <text>', 'what to keep; with the model pro only')
    .option('--composition <file.json>', 'canvas size and placement of the foreground')
    .option('--preview <seconds>', 'process only that much')
    .option('--max-credits <credits>', 'refuse what would cost more')
    .option('--fallback <how>', 'none, auto, or a list like light,human:mov (default: none)')
    .option(
      '--strict',
      'refuse an output about which there is a doubt, instead of delivering it with a warning',
    )
    .option('--deadline <duration>', 'like 15m or 2h (default: from length and model)')
    .option('--project <id>', "the caller's project (default: default)")
    .option('--user <id>', "the caller's user")
    .option('--reference <id>', "the caller's own reference")
    .option('--id <id>', 'the same id and request give the same removal (default: a new one)')
    .option('--new', 'buy again although the same request is unfinished')
    .option(
      '--out <file>',
      'where to save the output, replacing what is there (default: <name>.cutout.<ext> here, never replacing)',
    )
    .option('--detach', 'return once the removal is accepted, with its id')
    .option('--wait', 'wait on while it is parked')
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      `
Examples:
  npx matteflow remove clip.mp4
  npx matteflow remove clip.mp4 --model human --format mov --out clip.mov
  npx matteflow remove https://example.com/clip.mp4 --background '#00ff7f' --format mp4 --json`,
    )
    .action(async (source: string, flags: RemoveFlags) => {
      const { runRemove } = await import('./run-remove.ts')
      endWith(await runRemove(terminal, source, flags))
    })
}
