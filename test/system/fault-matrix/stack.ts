import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createRemovals } from '../../../client/create-removals.ts'
import type { Removals } from '../../../client/removals.ts'
import type { OpenDatabase } from '../../../ledger/open-database.ts'
import { openDatabase } from '../../../ledger/open-database.ts'
import { serveEmbeddedDatabase } from '../../../ledger/serve-embedded-database.ts'
import type { Sandbox } from '../../../sandbox/index.ts'
import { startSandbox } from '../../../sandbox/index.ts'
import { createStorage } from '../../../storage/create-storage.ts'
import { startTemporalServer } from '../../../testing/temporal-server.ts'
import type { Gate } from './gate.ts'
import { openGate } from './gate.ts'
import { startWorkerProcess } from './worker-process.ts'

/** Renderings are the slow part of a job; all scenarios share them. */
const RENDERS = join(import.meta.dirname, '../../../node_modules/.cache/matteflow/renders')

/** Everything a removal needs, as it is run in production: server, worker process, books, vendor. */
export interface Stack {
  temporal: Awaited<ReturnType<typeof startTemporalServer>>
  sandbox: Sandbox
  /** Between worker and vendor, where there is one. */
  gate: Gate | null
  removals: Removals
  database: OpenDatabase['database']
  /** For the clips of the scenarios. */
  folder: string
  close(): Promise<void>
}

/** Short times, so that an outage that outlasts every budget takes seconds; the rules are those of the long ones. */
const SHORT_TIMES = {
  MATTEFLOW_CALL_TIMEOUT: '2s',
  MATTEFLOW_SETTLE_MARGIN: '2s',
  MATTEFLOW_OUTAGE_BUDGET: '5s',
  MATTEFLOW_SUBMIT_RATE: '1000/s',
  MATTEFLOW_STATUS_RATE: '1000/s',
}

export async function startStack({ gated = false } = {}): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'matteflow-matrix-'))
  const [temporal, served, sandbox] = await Promise.all([
    startTemporalServer('dev'),
    serveEmbeddedDatabase(),
    startSandbox({ speed: 100, renderCacheDir: RENDERS, modes: { instant: true } }),
  ])
  const gate = gated ? await openGate(sandbox.url) : null
  const storageUrl = pathToFileURL(join(folder, 'storage')).href
  const worker = await startWorkerProcess({
    ...SHORT_TIMES,
    HOME: folder,
    MATTEFLOW_HOME: join(folder, 'home'),
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace ?? 'default',
    DATABASE_URL: served.url,
    STORAGE_URL: storageUrl,
    REMOVEBGVIDEO_API_KEY: sandbox.keys[0] ?? '',
    REMOVEBGVIDEO_BASE_URL: gate?.url ?? sandbox.url,
    MATTEFLOW_OUTPUT_HOSTS: new URL(sandbox.url).host,
    LOG_FORMAT: 'json',
  })
  const opened = await openDatabase(served.url, { poolSize: 4 })
  return {
    temporal,
    sandbox,
    gate,
    folder,
    database: opened.database,
    removals: createRemovals({ client: temporal.client, storage: createStorage(storageUrl) }),
    async close() {
      await worker.stop()
      await opened.close()
      await gate?.close()
      await sandbox.close()
      await served.close()
      await temporal.teardown()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
