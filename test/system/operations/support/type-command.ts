import type { CliRun } from '../../../cli/support/run-cli.ts'
import { runCliHere } from '../../../cli/support/run-cli.ts'
import type { Plant } from '../../plant/plant.ts'

/** Types a line of a page, without its `npx matteflow`, as somebody does who works with a plant. */
export async function typeCommand(
  { environment }: Plant,
  command: string,
): Promise<CliRun & { said: string }> {
  const run = await runCliHere(wordsOf(command), {
    environment: { PATH: process.env['PATH'] ?? '', ...environment },
  })
  return { ...run, said: run.stdout + run.stderr }
}

/** As a shell takes a line apart. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
}
