import type { Terminal } from '../../cli/terminal/terminal.ts'

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
    say: (line) => void told.push(`say ${line}`),
    live: (line) => void told.push(`live ${line}`),
    ...overrides,
  }
}
