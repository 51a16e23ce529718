import type { Command } from 'commander'

/** The same as `--help`, for whoever expects a command; commander's own says nothing of a name that it does not know. */
export function addHelp(program: Command): void {
  program
    .command('help')
    .description('what is possible, of one command or of all')
    .argument('[command]', 'the name of a command')
    .addHelpText('after', '\nExample:\n  npx matteflow help remove')
    .action((name: string | undefined) => {
      const asked = name === undefined ? program : program.commands.find((command) => command.name() === name)
      if (asked === undefined) program.error(`error: unknown command '${name}'`)
      asked.outputHelp()
    })
}
