import { CommanderError } from 'commander'
import { createProgram } from './create-program.ts'
import { exitCodeOf, USAGE_EXIT_CODE } from './terminal/exit-code.ts'
import { failureLines } from './terminal/render-failure.ts'
import { createTerminal } from './terminal/terminal.ts'

/** Runs one command line and gives its exit code. Nothing a user can cause ends in a stack trace. */
export async function runProgram(process: NodeJS.Process): Promise<number> {
  const terminal = createTerminal(process)
  let exitCode = 0
  const program = createProgram(terminal, (code) => {
    exitCode = code
  })
  try {
    await program.parseAsync(process.argv)
    return exitCode
  } catch (error) {
    // Commander has said what is wrong already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_EXIT_CODE
    for (const line of failureLines(error, terminal)) terminal.say(line)
    return exitCodeOf(error)
  }
}
