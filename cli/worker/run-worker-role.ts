import { setInterval } from 'node:timers'
import type { Config } from '../../config.ts'
import { makeHome } from '../../local/home/home-paths.ts'
import { serveOwnLedger } from '../../local/stack/serve-ledger.ts'
import { touchStack } from '../../local/stack/stack.ts'
import { requireKey, withTemporal } from '../../local/temporal/with-temporal.ts'
import type { TemporalTarget } from '../../worker/temporal-target.ts'
import { temporalTargetFrom } from '../../worker/temporal-target.ts'
import { readConfig } from '../terminal/read-config.ts'
import { supervisorGone } from '../terminal/stop-signals.ts'
import type { Terminal } from '../terminal/terminal.ts'

/** Often enough that the stack a worker joined never looks idle. */
const TOUCH_EVERY_MS = 20_000

/** A worker for the Temporal server that the environment names, else one more for the embedded stack. */
export async function runWorkerRole(terminal: Terminal): Promise<number> {
  const config = readConfig(terminal)
  requireKey(config)
  await makeHome(config.home)
  // SIGINT and SIGTERM are the SDK's: its runtime ends the workers by itself.
  const signal = supervisorGone()
  const { runWorker } = await import('../../worker/run-worker.ts')
  const place = await placeOf(config, terminal)
  try {
    await runWorker(config, { temporal: place.temporal, databaseUrl: place.databaseUrl, signal })
    return 0
  } finally {
    await place.leave()
  }
}

interface Place {
  temporal: TemporalTarget
  databaseUrl: string
  leave(): Promise<void>
}

async function placeOf(config: Config, terminal: Terminal): Promise<Place> {
  const temporal = temporalTargetFrom(terminal.environment)
  if (temporal === null) return joinStack(config, terminal)
  if (config.databaseUrl !== null) return { temporal, databaseUrl: config.databaseUrl, leave: async () => {} }
  const ledger = await serveOwnLedger(config.home)
  return { temporal, databaseUrl: ledger.url, leave: () => ledger.close() }
}

async function joinStack(config: Config, { environment, say }: Terminal): Promise<Place> {
  const access = await withTemporal({ config, environment, makesWork: true, log: say })
  await access.close()
  const touching = setInterval(() => void touchStack(config.home), TOUCH_EVERY_MS)
  const databaseUrl = config.databaseUrl ?? access.stack?.databaseUrl
  if (!databaseUrl) throw new TypeError('the stack has a ledger of its own that it does not name')
  return {
    temporal: { address: access.address, namespace: access.namespace, connection: {} },
    databaseUrl,
    leave: async () => clearInterval(touching),
  }
}
