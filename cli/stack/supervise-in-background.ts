import type { Config } from '../../adapters/environment/config.ts'
import { millisecondsFrom } from '../../domain/duration.ts'
import { isRemovalFailure, RemovalFailure } from '../../domain/removal-failure.ts'
import { IDLE_END_MS } from '../../local/stack/await-idle.ts'
import { runStack } from '../../local/stack/run-stack.ts'
import type { StackVendor } from '../../local/stack/stack-plan.ts'
import type { StackMessage } from '../../local/stack/start-stack.ts'
import { readNumber } from '../terminal/read-arguments.ts'
import { readConfig } from '../terminal/read-config.ts'
import { stopSignals } from '../terminal/stop-signals.ts'
import type { Terminal } from '../terminal/terminal.ts'

type Flags = { vendor: StackVendor; idle?: string; speed?: string }

/** Runs the stack and tells the process that started it how that goes. */
export async function superviseInBackground(terminal: Terminal, flags: Flags): Promise<number> {
  const signal = stopSignals()
  try {
    const end = await supervise(readConfig(terminal), terminal, flags, signal)
    if (end === 'taken') tell({ type: 'taken' })
    return 0
  } catch (error) {
    tell(messageFrom(error))
    throw error
  }
}

function messageFrom(error: unknown): StackMessage {
  const message = error instanceof Error ? error.message : String(error)
  const failure = isRemovalFailure(error)
    ? error
    : new RemovalFailure('Unexpected', `the embedded stack: ${message}`)
  return { type: 'failed', failure: failure.toDocument() }
}

function supervise(config: Config, terminal: Terminal, flags: Flags, signal: AbortSignal) {
  return runStack({
    config,
    environment: terminal.environment,
    vendor: flags.vendor,
    idleMs: idleFrom(flags.idle),
    sandboxSpeed: flags.speed === undefined ? 10 : readNumber('--speed', flags.speed, { least: 0.001 }),
    signal,
    log(line) {
      // Records of JSON carry their time themselves.
      terminal.say(terminal.failed === undefined ? `${new Date().toISOString()} ${line}` : line)
      tell({ type: 'line', line })
    },
    onReady: () => tell({ type: 'ready' }),
  })
}

function idleFrom(text: string | undefined): number | null {
  if (text === 'never') return null
  if (text === undefined) return IDLE_END_MS
  const ms = millisecondsFrom(text)
  if (ms === undefined)
    throw new RemovalFailure('InvalidRequest', `--idle: expected a duration like 10m, or never, not ${text}`)
  return ms
}

function tell(message: StackMessage): void {
  // The other side hangs up once it knows enough.
  if (process.connected) process.send?.(message, undefined, undefined, () => {})
}
