const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/**
 * Milliseconds of a duration as people write it: `90s`, `15m`, `2h`, `1d`, `250ms`. Undefined when it is not
 * one, so that each caller can name its own field. Source: docs/reference.md.
 */
export function millisecondsFrom(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim())
  if (!match) return undefined
  const [, amount = '', unit = ''] = match
  const ms = Math.round(Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS])
  return ms > 0 && Number.isSafeInteger(ms) ? ms : undefined
}

/** A duration in words short enough for a progress line: `850 ms`, `12 s`, `3 m 20 s`, `2 h 5 m`. */
export function wordsFrom(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  const seconds = Math.round(ms / 1_000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} m` : `${minutes} m ${seconds % 60} s`
  const hours = Math.floor(minutes / 60)
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} m`
}
