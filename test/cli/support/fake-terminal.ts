import type { Terminal } from '../../../cli/terminal/terminal.ts'

/** A terminal that keeps what it was told, each line with the way it came. */
export function fakeTerminal(
  overrides: Partial<Pick<Terminal, 'environment' | 'isInteractive' | 'isColoured'>> = {},
): Terminal & { told: string[] } {
  const told: string[] = []
  return {
    told,
    environment: {},
    isInteractive: false,
    isColoured: false,
    result: (text) => void told.push(`result ${text}`),
    json: (value) => void told.push(`json ${JSON.stringify(value)}`),
    verbatim: (text) => void told.push(`verbatim ${text}`),
    say: (line, painted = (shown) => shown) => void told.push(`say ${painted(line)}`),
    live: (line) => void told.push(`live ${line}`),
    ...overrides,
  }
}
