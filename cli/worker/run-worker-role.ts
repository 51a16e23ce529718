import { makeHome } from '../../local/home/home-paths.ts'
import { rolePlace } from '../../local/temporal/role-place.ts'
import { requireKey } from '../../local/temporal/with-temporal.ts'
import { readConfig } from '../terminal/read-config.ts'
import { supervisorGone } from '../terminal/stop-signals.ts'
import type { Terminal } from '../terminal/terminal.ts'

/** A worker for the Temporal server that the environment names, else one more for the embedded stack. */
export async function runWorkerRole(terminal: Terminal): Promise<number> {
  const config = readConfig(terminal)
  requireKey(config)
  await makeHome(config.home)
  // SIGINT and SIGTERM are the SDK's: its runtime ends the workers by itself.
  const signal = supervisorGone()
  const { runWorker } = await import('../../worker/run-worker.ts')
  const place = await rolePlace(config, { environment: terminal.environment, log: terminal.say })
  try {
    await runWorker(config, { temporal: place.temporal, databaseUrl: place.databaseUrl, signal })
    return 0
  } finally {
    await place.leave()
  }
}
