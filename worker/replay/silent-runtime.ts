import { DefaultLogger } from '@temporalio/worker'

/**
 * For commands that print results: what workers say while something is played again has been said before, and the native
 * core would write its own lines to stdout.
 */
export const SILENT_RUNTIME = {
  logger: new DefaultLogger('ERROR', () => {}),
  telemetryOptions: { logging: { filter: 'OFF', forward: {} } },
}
