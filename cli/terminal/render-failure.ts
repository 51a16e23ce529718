import { isRemovalFailure } from '../../domain/removal-failure.ts'
import { colours } from './colours.ts'
import type { Terminal } from './terminal.ts'

/** An error as people read it: what is wrong, and what to do about it. */
export function failureLines(
  error: unknown,
  terminal: Pick<Terminal, 'isColoured' | 'environment'>,
): string[] {
  const paint = colours(terminal)
  if (isRemovalFailure(error)) {
    const { hint } = error.toDocument()
    return [`${paint.red(error.kind)}: ${error.message}`, `  ${hint}`]
  }
  if (isToolMissing(error)) return error.message.split('\n')
  const message = error instanceof Error ? error.message : String(error)
  const isDebugging = ['debug', 'trace'].includes(terminal.environment['LOG_LEVEL'] ?? '')
  const stack = error instanceof Error && isDebugging ? (error.stack?.split('\n').slice(1) ?? []) : []
  return [
    `${paint.red('unexpected')}: ${message}`,
    ...stack,
    '  This may be a bug of matteflow; LOG_LEVEL=debug shows where.',
  ]
}

function isToolMissing(error: unknown): error is Error {
  return error instanceof Error && error.constructor.name === 'ToolMissing'
}
