import { CommanderError } from 'commander'
import { createProgram } from './create-program.ts'
import { endWithFailure } from './terminal/end-with-failure.ts'
import { roleTerminal } from './terminal/role-terminal.ts'
import { createTerminal } from './terminal/terminal.ts'

/** Runs one command line and gives its exit code. Nothing a user can cause ends in a stack trace. */
export async function runProgram(process: NodeJS.Process): Promise<number> {
  const plain = roleTerminal(process.argv[2], createTerminal(process))
  let hasResult = false
  const noting =
    <Value>(print: (value: Value) => void) =>
    (value: Value): void => {
      hasResult = true
      print(value)
    }
  const terminal = {
    ...plain,
    result: noting(plain.result),
    json: noting(plain.json),
    verbatim: noting(plain.verbatim),
  }
  let exitCode = 0
  let id: string | null = null
  let buysAnew = false
  const program = createProgram(terminal, (code) => {
    exitCode = code
  })
  program.hook('preAction', (_program, command) => {
    const [argument] = command.registeredArguments
    const named: unknown = argument?.name() === 'id' ? command.args[0] : command.opts()['id']
    id = typeof named === 'string' ? named : null
    buysAnew = command.opts()['new'] === true
  })
  const args = process.argv.slice(2)
  try {
    await program.parseAsync(process.argv)
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    // A command that fails has said nothing on stdout, or its one document.
    const wantsJson = args.includes('--json') && !hasResult
    return endWithFailure(terminal, error, { name: args[0], id, buysAnew, wantsJson })
  }
}
