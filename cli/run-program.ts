import { CommanderError } from 'commander'
import { RemovalFailure } from '../domain/removal-failure.ts'
import { createProgram } from './create-program.ts'
import { exitCodeOf, USAGE_EXIT_CODE } from './terminal/exit-code.ts'
import { failureResult } from './terminal/failure-result.ts'
import { failureLines } from './terminal/render-failure.ts'
import { createTerminal } from './terminal/terminal.ts'

/** Runs one command line and gives its exit code. Nothing a user can cause ends in a stack trace. */
export async function runProgram(process: NodeJS.Process): Promise<number> {
  const plain = createTerminal(process)
  let hasResult = false
  const terminal = {
    ...plain,
    result(text: string): void {
      hasResult = true
      plain.result(text)
    },
  }
  let exitCode = 0
  const program = createProgram(terminal, (code) => {
    exitCode = code
  })
  const args = process.argv.slice(2)
  // A command that fails has said nothing on stdout, or its one document.
  const end = (error: unknown, code: number): number => {
    if (args.includes('--json') && !hasResult)
      terminal.result(JSON.stringify(failureResult(args, error), null, 2))
    return code
  }
  try {
    await program.parseAsync(process.argv)
    return exitCode
  } catch (error) {
    // Commander has said what is wrong already.
    if (error instanceof CommanderError)
      return error.exitCode === 0 ? 0 : end(usageFailure(error), USAGE_EXIT_CODE)
    for (const line of failureLines(error, terminal)) terminal.say(line)
    return end(error, exitCodeOf(error))
  }
}

function usageFailure({ message }: CommanderError): RemovalFailure {
  return new RemovalFailure('InvalidRequest', message.replace(/^error: /, ''), {
    hint: 'Add --help for what is possible.',
  })
}
