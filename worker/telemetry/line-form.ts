import pino from 'pino'

/** What every JSON line has: the level by its name and the time as ISO 8601 says it, for people and their tools. */
export const LINE_FORM = {
  formatters: { level: (name: string) => ({ level: name }) },
  timestamp: pino.stdTimeFunctions.isoTime,
} as const
