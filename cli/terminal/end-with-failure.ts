import { CommanderError } from 'commander'
import { ruleOf } from '../../domain/failures.ts'
import { blankDocument } from '../../domain/removal-document.ts'
import { isRemovalFailure, RemovalFailure } from '../../domain/removal-failure.ts'
import { nextStepLines } from '../removal/render-document.ts'
import type { Terminal } from './terminal.ts'
import { colours } from './terminal.ts'

/** The command line itself is wrong. */
export const USAGE_EXIT_CODE = 2
/** Left by Ctrl-C, as shells count it. */
export const INTERRUPTED_EXIT_CODE = 130
const UNEXPECTED_EXIT_CODE = 1

/** The command that failed, as far as its document depends on it. */
export interface FailedCommand {
  name: string | undefined
  /** The removal that was named on the command line. */
  id: string | null
  /** `--new` was given: the same command buys again, whatever became of this removal. */
  buysAnew: boolean
  /** `--json` was given, and nothing is on stdout yet. */
  wantsJson: boolean
}

/**
 * The only way from an error to what a command ends with: lines for people on stderr, with `--json` its document on
 * stdout, and the exit code.
 */
export function endWithFailure(terminal: Terminal, error: unknown, command: FailedCommand): number {
  const { red } = colours(terminal)
  if (terminal.failed !== undefined) {
    // A bug of ours is looked for by its stack.
    const stack = error instanceof Error && asFailure(error).kind === 'Unexpected' ? error.stack : undefined
    terminal.failed(asFailure(error).toDocument(), stack)
    // Commander has said what is wrong already.
  } else if (!(error instanceof CommanderError)) {
    const [first = '', ...others] = failureLines(error, terminal.environment)
    terminal.say(first, (shown) => shown.replace(/^[A-Za-z]+(?=: )/, red))
    for (const line of others) terminal.say(line)
  }
  if (command.wantsJson) terminal.json(failureJson(error, command))
  return exitCodeOf(error)
}

/** What a process ends with for an error; the table of failures decides. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return USAGE_EXIT_CODE
  return isRemovalFailure(error) ? ruleOf(error.kind).exitCode : UNEXPECTED_EXIT_CODE
}

function failureLines(error: unknown, environment: NodeJS.ProcessEnv): string[] {
  if (isRemovalFailure(error)) {
    const { document } = error
    return [
      `${error.kind}: ${error.message}`,
      `  ${error.toDocument().hint}`,
      ...(document === null ? [] : nextStepLines(document)),
    ]
  }
  if (isToolMissing(error)) return error.message.split('\n')
  const isDebugging = ['debug', 'trace'].includes(environment['LOG_LEVEL'] ?? '')
  const stack = error instanceof Error && isDebugging ? (error.stack?.split('\n').slice(1) ?? []) : []
  return [
    `unexpected: ${messageOf(error)}`,
    ...stack,
    '  This may be a bug of matteflow; LOG_LEVEL=debug shows where.',
  ]
}

/** The document of the removal with this failure; of one that never was, null for everything that is not known. */
function failureJson(error: unknown, { name, id, buysAnew }: FailedCommand): unknown {
  const failure = asFailure(error)
  const isAccepted = failure.document !== null || failure.removalId !== null
  const document = { ...failure.toDocument(), ...(buysAnew && isAccepted ? { retryable: false } : {}) }
  if (failure.document !== null) return { ...failure.document, failure: document }
  const known = failure.removalId ?? id
  if (name !== 'remove') return { ...(known === null ? {} : { id: known }), failure: document }
  const { id: _id, failure: _failure, ...rest } = blankDocument({ id: '', failure: document })
  return { id: known, ...rest, project: null, credits: null, failure: document }
}

function asFailure(error: unknown): RemovalFailure {
  if (isRemovalFailure(error)) return error
  if (!(error instanceof CommanderError)) return new RemovalFailure('Unexpected', messageOf(error))
  return new RemovalFailure('InvalidRequest', error.message.replace(/^error: /, ''), {
    hint: 'Add --help for what is possible.',
  })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function isToolMissing(error: unknown): error is Error {
  return error instanceof Error && error.constructor.name === 'ToolMissing'
}
