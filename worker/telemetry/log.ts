import { hostname } from 'node:os'
import { ApplicationFailure } from '@temporalio/common'
import type { LogMetadata, LogLevel as TemporalLevel, Logger as TemporalLogger } from '@temporalio/worker'
import { DefaultLogger } from '@temporalio/worker'
import type { Logger } from 'pino'
import pino from 'pino'
import pretty from 'pino-pretty'
import type { Config } from '../../adapters/environment/config.ts'
import { isFailureKind, ruleOf } from '../../domain/failures.ts'
import { declaredDelayMs } from '../../domain/policies.ts'
import type { FailureDocument } from '../../domain/removal-document.ts'
import { visibleText } from '../../domain/visible-text.ts'
import { productVersion, sdkVersion } from '../versions.ts'
import { LINE_FORM } from './line-form.ts'

/** The process's log, on stderr: JSON lines, or readable ones on a terminal. */
export function createLog({ level, format }: Config['log']): Logger {
  const options = {
    ...LINE_FORM,
    level,
    base: {
      product: 'matteflow',
      version: productVersion(),
      temporalSdk: sdkVersion(),
      host: hostname(),
      pid: process.pid,
    },
  }
  if (format === 'json') return pino(options, pino.destination({ dest: 2, sync: true }))
  const readable = pretty({
    destination: 2,
    sync: true,
    singleLine: true,
    ignore: 'pid,host,build,product,version,temporalSdk',
    messageFormat: (line, key) => visibleText(typeof line[key] === 'string' ? line[key] : ''),
  })
  return pino(options, readable)
}

/** Temporal's own logger, its workflows' and its activities', into the same log. */
export function temporalLogger(log: Logger): DefaultLogger {
  return new DefaultLogger(TEMPORAL_LEVELS[log.level] ?? 'INFO', ({ level, message, meta }) => {
    const pinoLevel = NO_NEWS.includes(message) ? 'debug' : PINO_LEVELS[level]
    log[pinoLevel](plain(meta), message)
  })
}

/** Our lines through somebody else's logger, that of a process which runs more than removals. */
export function logThrough(logger: TemporalLogger, level: Config['log']['level']): Logger {
  const write = (line: string): void => {
    const { level: name, msg, time: _time, ...facts } = JSON.parse(line) as Line
    logger.log(TEMPORAL_LEVELS[name] ?? 'INFO', msg, facts)
  }
  return pino({ ...LINE_FORM, level, base: { product: 'matteflow', version: productVersion() } }, { write })
}

type Line = Record<string, unknown> & { level: string; msg: string }

/** What Temporal warns of and is as it should be, or was told on a line of ours. */
const NO_NEWS = [
  'Workflow failed',
  'No workflows registered, not polling for workflow tasks',
  // The removal was cancelled, or a callback was quicker than a planned poll.
  'Activity not found on completion. This may happen if the activity has already been cancelled but completed anyway.',
]

const PINO_LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const
const TEMPORAL_LEVELS: Record<string, TemporalLevel> = {
  trace: 'TRACE',
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
  fatal: 'ERROR',
}

/** Gives one thing one name, in the lines of the SDK and in ours. A task's token tells a reader nothing. */
function plain({ workflowRunId, error, ...meta }: LogMetadata = {}): Record<string, unknown> {
  return {
    ...meta,
    taskToken: undefined,
    ...(workflowRunId === undefined ? {} : { runId: workflowRunId }),
    ...(error === undefined ? {} : factsOf(error, meta['attempt'])),
  }
}

/** Failures come with their whole chain of causes and stacks; one line says enough, the history has the rest. */
function factsOf(error: unknown, attempt: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error }
  const reason = error.message.slice(0, 500)
  if (!(error instanceof ApplicationFailure)) return { reason }
  const [document] = (error.details ?? []) as [FailureDocument?]
  const isFinal = isFailureKind(error.type) && !ruleOf(error.type).retryable
  const isRetryable = !error.nonRetryable && !isFinal
  const declared = isRetryable && typeof attempt === 'number' ? declaredDelayMs(attempt) : undefined
  const nextRetryDelay = error.nextRetryDelay ?? declared
  return {
    reason,
    kind: error.type,
    isRetryable,
    ...(document && { requestId: document.requestId, vendorJobId: document.vendorJobId }),
    ...(nextRetryDelay !== undefined && { nextRetryDelay }),
  }
}
