import type { Config } from '../../adapters/environment/config.ts'
import { configFrom } from '../../adapters/environment/config.ts'
import { temporalTargetFrom } from '../../worker/temporal/temporal-target.ts'
import type { Terminal } from './terminal.ts'

/** The whole environment, validated before a command does anything. */
export function readConfig(terminal: Terminal): Config {
  const config = configFrom(terminal.environment, { isTerminal: terminal.isInteractive })
  temporalTargetFrom(terminal.environment)
  return config
}
