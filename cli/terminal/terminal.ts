import picocolors from 'picocolors'
import type { FailureDocument } from '../../domain/removal-document.ts'
import { visibleText } from '../../domain/visible-text.ts'

/** What a command may do with the terminal it was typed in. Results go to stdout, all else to stderr. */
export interface Terminal {
  readonly environment: NodeJS.ProcessEnv
  /** Somebody watches: stderr is a terminal that can show live lines, without NO_COLOR. */
  readonly isInteractive: boolean
  readonly isColoured: boolean
  /** Lines for people on stdout. What text from outside hides in them is shown escaped. */
  result(text: string): void
  /** The one JSON document of a command, on stdout. */
  json(value: unknown): void
  /** A text for programs on stdout, as it is; escaped only where a person reads it. */
  verbatim(text: string): void
  /** A line on stderr. `painted` colours what is shown, after everything from outside was escaped. */
  say(line: string, painted?: (shown: string) => string): void
  /** Shows a line that whatever comes next replaces; nothing where nobody watches. */
  live(line: string): void
  /** Shows a whole screen that replaces the one before; there is none where nobody watches. */
  redraw?(text: string): void
  /** Where the log is JSON: one record for the failure that a role ends with, instead of lines for people. */
  failed?(failure: FailureDocument, stack?: string): void
}

const CLEAR_SCREEN = '\u001b[H\u001b[2J'
const CLEAR_LINE = '\r\u001b[2K'

export function createTerminal({
  env,
  stdout,
  stderr,
}: Pick<NodeJS.Process, 'env' | 'stdout' | 'stderr'>): Terminal {
  const isInteractive = stderr.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
  let isLive = false
  const clear = (): string => {
    const before = isLive ? CLEAR_LINE : ''
    isLive = false
    return before
  }
  const write = (text: string): void => void (stderr.write(clear()), stdout.write(`${text}\n`))
  // A reader that has seen enough, `head` for instance, is no error.
  stdout.on('error', () => {})
  stderr.on('error', () => {})
  return {
    environment: env,
    isInteractive,
    isColoured: isInteractive,
    result: (text) => write(visibleLines(text)),
    json: (value) => write(plainJson(value)),
    verbatim: (text) => write(stdout.isTTY === true ? visibleLines(text) : text),
    say: (line, painted = unchanged) => void stderr.write(`${clear()}${painted(visibleText(line))}\n`),
    ...(isInteractive && stdout.isTTY === true
      ? { redraw: (text: string) => void stdout.write(`${CLEAR_SCREEN}${visibleLines(text)}\n`) }
      : {}),
    live(line) {
      if (!isInteractive) return
      stderr.write(`${clear()}${visibleText(line).slice(0, Math.max(20, (stderr.columns || 80) - 1))}`)
      isLive = true
    },
  }
}

function unchanged(shown: string): string {
  return shown
}

/** Several lines at once, each of them escaped. */
function visibleLines(text: string): string {
  return text.split('\n').map(visibleText).join('\n')
}

/** JSON escapes only the first 32 characters; the same document with everything else that a terminal obeys escaped. */
function plainJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2)
  return text.replaceAll(/[^\P{C}\n]/gu, (hidden) =>
    Array.from({ length: hidden.length }, (_, index) => hidden.charCodeAt(index))
      .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
      .join(''),
  )
}

/** Colours for a terminal that can show them; elsewhere the same functions change nothing. */
export function colours({ isColoured }: { isColoured: boolean }): ReturnType<typeof picocolors.createColors> {
  return picocolors.createColors(isColoured)
}
