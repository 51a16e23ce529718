import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Client } from '@temporalio/client'
import type { OpenDatabase } from '../../../adapters/ledger/open-database.ts'
import { openDatabase } from '../../../adapters/ledger/open-database.ts'
import { createStorage } from '../../../adapters/storage/create-storage.ts'
import { createRemovals } from '../../../client/create-removals.ts'
import type { Removals } from '../../../client/removals.ts'
import type { Sandbox } from '../../../sandbox/index.ts'
import { startSandbox } from '../../../sandbox/index.ts'
import { serveDatabase } from '../../../testing/serve-database.ts'
import { RENDER_CACHE } from '../../support/render-cache.ts'
import { LAUNCHER } from './launcher.ts'
import type { Mortal } from './mortal.ts'
import { startMortal } from './mortal.ts'
import type { TemporalProcess } from './temporal-process.ts'
import { startTemporalProcess } from './temporal-process.ts'

/** Short times, so that windows and outages pass in seconds; the rules are those of the long ones. */
const SHORT_TIMES = {
  MATTEFLOW_CALL_TIMEOUT: '10s',
  MATTEFLOW_SETTLE_MARGIN: '1s',
  MATTEFLOW_OUTAGE_BUDGET: '20s',
  MATTEFLOW_SUBMIT_RATE: '1000/s',
  MATTEFLOW_STATUS_RATE: '1000/s',
}

/** Everything a removal needs, in parts that can die one by one. */
export interface Plant {
  folder: string
  /** MATTEFLOW_HOME of its workers. */
  home: string
  /** Where the storage keeps its files. */
  storage: string
  sandbox: Sandbox
  client: Client
  removals: Removals
  database: OpenDatabase['database']
  /** What its workers and commands find in their environment. */
  environment: Record<string, string>
  /** Resolves once it polls. */
  startWorker(more?: Record<string, string>): Promise<Mortal>
  close(): Promise<void>
}

/** What a plant is built on, and what its workers are told. */
export interface PlantOptions {
  folder?: string
  temporal?: TemporalProcess
  databaseUrl?: string
  variables?: Record<string, string>
}

/** Starts what is not given. `close` leaves alone what was, and ends every worker that still runs. */
export async function startPlant(options: PlantOptions = {}): Promise<Plant> {
  const folder = options.folder ?? (await plantFolder())
  const [temporal, ledger, sandbox] = await Promise.all([
    options.temporal ?? startTemporalProcess(folder),
    options.databaseUrl === undefined ? serveDatabase() : null,
    startSandbox({ speed: 100, renderCacheDir: RENDER_CACHE, modes: { instant: true } }),
  ])
  const databaseUrl = options.databaseUrl ?? ledger?.url ?? ''
  const [home, storage] = [join(folder, 'home'), join(folder, 'storage')]
  const storageUrl = pathToFileURL(storage).href
  const environment = {
    ...SHORT_TIMES,
    HOME: folder,
    MATTEFLOW_HOME: home,
    TEMPORAL_ADDRESS: temporal.address,
    DATABASE_URL: databaseUrl,
    STORAGE_URL: storageUrl,
    REMOVEBGVIDEO_API_KEY: sandbox.keys[0] ?? '',
    REMOVEBGVIDEO_BASE_URL: sandbox.url,
    // Also where the worker reaches the vendor by another way.
    MATTEFLOW_OUTPUT_HOSTS: new URL(sandbox.url).host,
    LOG_FORMAT: 'json',
    ...options.variables,
  }
  const opened = await openDatabase(databaseUrl, { poolSize: 2 })
  const workers: Mortal[] = []
  return {
    folder,
    home,
    storage,
    sandbox,
    client: temporal.client,
    database: opened.database,
    environment,
    removals: createRemovals({ client: temporal.client, storage: createStorage(storageUrl) }),
    async startWorker(more = {}) {
      const worker = await startMortal({
        command: process.execPath,
        args: [LAUNCHER, 'worker'],
        environment: { ...environment, ...more },
        readyWhen: /worker ready/,
      })
      workers.push(worker)
      return worker
    },
    async close() {
      // No grace: what they would still do is of no interest to anybody.
      await Promise.all(workers.map((worker) => worker.kill()))
      await opened.close()
      await sandbox.close()
      await ledger?.close()
      if (options.temporal === undefined) await temporal.stop()
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}

function plantFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'matteflow-crash-'))
}
