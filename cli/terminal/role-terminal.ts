import type { Logger } from 'pino'
import pino from 'pino'
import { LINE_FORM } from '../../worker/telemetry/line-form.ts'
import { productVersion } from '../../worker/versions.ts'
import type { Terminal } from './terminal.ts'

/** Commands that run for long: collectors of logs read what they say. A supervisor of an older build starts `ledger` as `books`. */
const ROLES = ['worker', 'gateway', 'sandbox', 'dev', 'stack', 'ledger', 'books']

/**
 * The terminal of a role that logs JSON (`LOG_FORMAT=json`, and by default where stderr is no terminal): each line
 * that it says on stderr is a record, and so is the failure that it ends with. Every other command gets its own back.
 */
export function roleTerminal(command: string | undefined, terminal: Terminal): Terminal {
  const { environment, isInteractive } = terminal
  const format = environment['LOG_FORMAT']?.trim() || (isInteractive ? 'pretty' : 'json')
  if (command === undefined || !ROLES.includes(command) || format !== 'json') return terminal
  const log = jsonLog(environment['LOG_LEVEL']?.trim(), command)
  return {
    ...terminal,
    isColoured: false,
    say(line) {
      if (line.trim() !== '') log.info(line.trim())
    },
    live() {},
    failed: ({ kind, message, hint }, reason) =>
      log.fatal({ kind, hint, ...(reason === undefined ? {} : { stack: reason }) }, message),
  }
}

function jsonLog(level: string | undefined, role: string): Logger {
  const isKnown = level !== undefined && Object.hasOwn(pino.levels.values, level)
  return pino(
    {
      ...LINE_FORM,
      level: isKnown ? level : 'info',
      base: { product: 'matteflow', version: productVersion(), role },
    },
    pino.destination({ dest: 2, sync: true }),
  )
}
