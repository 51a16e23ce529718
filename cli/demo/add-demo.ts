import type { Command } from 'commander'
import type { EndWith } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'

export function addDemo(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('demo')
    .description('take a real video through the whole pipeline, then break things on purpose')
    .argument('[clip]', 'a video of your own, of a person for instance (default: a drawn one)')
    .option('--keep', 'leave the stack and its Temporal UI up')
    .addHelpText('after', '\nExample:\n  npx matteflow demo --keep\n  npx matteflow demo talk.mp4')
    .action(async (clip: string | undefined, flags: { keep?: boolean }) => {
      const { runDemo } = await import('./run-demo.ts')
      endWith(await runDemo(terminal, { ...flags, ...(clip === undefined ? {} : { clip }) }))
    })
}
