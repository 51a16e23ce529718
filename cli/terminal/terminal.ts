/** What a command may do with the terminal it was typed in. Results go to stdout, all else to stderr. */
export interface Terminal {
  readonly environment: NodeJS.ProcessEnv
  /** Somebody watches: stderr is a terminal that can show live lines, without NO_COLOR. */
  readonly isInteractive: boolean
  readonly isColoured: boolean
  result(text: string): void
  say(line: string): void
  /** Shows a line that whatever comes next replaces; nothing where nobody watches. */
  live(line: string): void
}

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
  // A reader that has seen enough, `head` for instance, is no error.
  stdout.on('error', () => {})
  stderr.on('error', () => {})
  return {
    environment: env,
    isInteractive,
    isColoured: isInteractive,
    result: (text) => void (stderr.write(clear()), stdout.write(`${text}\n`)),
    say: (line) => void stderr.write(`${clear()}${line}\n`),
    live(line) {
      if (!isInteractive) return
      stderr.write(`${clear()}${line.slice(0, Math.max(20, (stderr.columns || 80) - 1))}`)
      isLive = true
    },
  }
}
