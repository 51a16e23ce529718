import type { LogMetadata, LogLevel as TemporalLevel } from '@temporalio/worker'
import { DefaultLogger } from '@temporalio/worker'
import type { Logger } from 'pino'
import pino from 'pino'
import pretty from 'pino-pretty'
import type { Config } from '../config.ts'
import { productVersion, sdkVersion } from './versions.ts'

/** The process's log, on stderr: JSON lines, or readable ones on a terminal. */
export function createLog({ level, format }: Config['log']): Logger {
  const options = {
    level,
    base: { product: 'matteflow', version: productVersion(), temporalSdk: sdkVersion() },
  }
  if (format === 'json') return pino(options, pino.destination({ dest: 2, sync: true }))
  const readable = pretty({
    destination: 2,
    sync: true,
    singleLine: true,
    ignore: 'pid,hostname,product,version,temporalSdk',
  })
  return pino(options, readable)
}

/** Temporal's own logger, its workflows' and its activities', into the same log. */
export function temporalLogger(log: Logger): DefaultLogger {
  return new DefaultLogger(TEMPORAL_LEVELS[log.level] ?? 'INFO', ({ level, message, meta }) => {
    log[PINO_LEVELS[level]](plain(meta), message)
  })
}

const PINO_LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const
const TEMPORAL_LEVELS: Record<string, TemporalLevel> = {
  trace: 'TRACE',
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
  fatal: 'ERROR',
}

/** Failures come with their whole chain of causes and stacks; one line says enough, the history has the rest. */
function plain(meta: LogMetadata | undefined): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(meta ?? {}).map(([name, value]) => [
      name,
      value instanceof Error ? value.message.slice(0, 500) : value,
    ]),
  )
}
