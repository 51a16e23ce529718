import { openAsBlob } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type { OpenDatabase } from '../../../adapters/ledger/open-database.ts'
import { openDatabase } from '../../../adapters/ledger/open-database.ts'
import { createStorage } from '../../../adapters/storage/create-storage.ts'
import { createRemovals } from '../../../client/create-removals.ts'
import type { Removals } from '../../../client/removals.ts'
import type { RemovalState } from '../../../domain/removal-document.ts'
import type { Sandbox } from '../../../sandbox/index.ts'
import { answerHtml, failJob, hang, startSandbox } from '../../../sandbox/index.ts'
import { freePort } from '../../../testing/postgres-server.ts'
import { serveDatabase } from '../../../testing/serve-database.ts'
import { startTemporalServer } from '../../../testing/temporal-server.ts'
import type { RunningGateway } from '../../gateway/support/gateway-environment.ts'
import { runHere } from '../../gateway/support/gateway-environment.ts'
import { clip } from '../../support/clips.ts'
import type { OtlpReceiver } from '../../support/otlp-receiver.ts'
import { startOtlpReceiver } from '../../support/otlp-receiver.ts'
import { RENDER_CACHE } from '../../support/render-cache.ts'
import { until } from '../plant/until.ts'
import type { TalkingWorker } from './talking-worker.ts'
import { startTalkingWorker } from './talking-worker.ts'

/** In the query of an input's URL: a credential, as far as anybody knows. */
export const URL_TOKEN = 'token-of-the-caller'

/** The caller's own ids, as every line about a removal has them. */
export const OWN_IDS = { project: 'shop', user: 'ada', reference: 'order 4711' }

/** The trace that `linked` is asked for in. */
export const CALLER = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }

/** The removals that are played, by id, and how each ends. */
export const PLAYED = {
  retried: 'succeeded',
  parked: 'succeeded',
  linked: 'succeeded',
  doomed: 'failed',
  dropped: 'cancelled',
} as const satisfies Record<string, RemovalState>

/** What a worker process and all around it have left behind after some removals. */
export interface Traces {
  worker: TalkingWorker
  sandbox: Sandbox
  temporal: Awaited<ReturnType<typeof startTemporalServer>>
  database: OpenDatabase['database']
  /** Holds the storage and MATTEFLOW_HOME. */
  folder: string
  /** What the worker and the gateway are scraped for. */
  metrics: { worker: string; gateway: string }
  /** What the worker exported by OpenTelemetry's own packages. */
  collector: OtlpReceiver
  close(): Promise<void>
}

/** Plays removals with a retry, a park, a failure and a cancelled call through a worker process that logs at debug, and asks a gateway for some of them. */
export async function leaveTraces(): Promise<Traces> {
  const folder = await mkdtemp(join(tmpdir(), 'matteflow-traces-'))
  const [temporal, ledger, sandbox, collector, metricsPort] = await Promise.all([
    startTemporalServer('dev'),
    serveDatabase(),
    // Slow enough that a job is seen while it runs.
    startSandbox({ speed: 30, renderCacheDir: RENDER_CACHE }),
    startOtlpReceiver(),
    freePort(),
  ])
  const storageUrl = pathToFileURL(join(folder, 'storage')).href
  const worker = await startTalkingWorker({
    HOME: folder,
    MATTEFLOW_HOME: join(folder, 'home'),
    TEMPORAL_ADDRESS: temporal.address,
    DATABASE_URL: ledger.url,
    STORAGE_URL: storageUrl,
    REMOVEBGVIDEO_API_KEY: sandbox.keys[0] ?? '',
    REMOVEBGVIDEO_BASE_URL: sandbox.url,
    METRICS_PORT: String(metricsPort),
    ...collector.variables,
  })
  const storage = createStorage(storageUrl)
  const gateway = await runHere({
    databaseUrl: ledger.url,
    temporalAddress: temporal.address,
    variables: { HOME: folder, STORAGE_URL: storageUrl, REMOVEBGVIDEO_BASE_URL: sandbox.url },
  })
  await play(createRemovals({ client: temporal.client, storage, vendorBaseUrl: sandbox.url }), sandbox)
  await askGateway(gateway)
  // Well before it would time out.
  await until(() => worker.printed().includes('vendor call cancelled'))
  const opened = await openDatabase(ledger.url, { poolSize: 1 })
  return {
    worker,
    sandbox,
    temporal,
    database: opened.database,
    folder,
    collector,
    metrics: {
      worker: await reportedMetrics(`http://127.0.0.1:${metricsPort}/metrics`),
      gateway: await (await fetch(`${gateway.url}/metrics`)).text(),
    },
    async close() {
      await gateway.close()
      await worker.stop()
      await collector.close()
      await opened.close()
      await sandbox.close()
      await ledger.close()
      await temporal.teardown()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** One after the other, so that each meets its own fault. */
async function play(removals: Removals, sandbox: Sandbox): Promise<void> {
  const source = await clip('green')
  const remove = (id: keyof typeof PLAYED, from: string | { url: string } = source, traceparent?: string) =>
    removals.remove({ source: from, id, model: 'human', ...OWN_IDS }, { traceparent })

  sandbox.addFaults([answerHtml('create', 503)])
  await remove('retried')

  sandbox.setCredits(0)
  await remove('parked').catch(() => {})
  sandbox.setCredits(null)
  await removals.resume('parked', { by: 'ada', note: 'topped up' })
  await removals.result('parked')

  const linked = { url: `${await uploadedUrl(source, sandbox)}?token=${URL_TOKEN}` }
  await remove('linked', linked, `00-${CALLER.traceId}-${CALLER.spanId}-01`)

  sandbox.addFaults([failJob('GPU worker lost')])
  await remove('doomed').catch(() => {})

  // The call that is under way has no answer yet.
  sandbox.addFaults([hang('status')])
  const dropped = remove('dropped').catch(() => {})
  await until(() => sandbox.requests().some(({ fault }) => fault === 'hang'))
  await removals.cancel('dropped', { by: 'ada', note: 'the wrong clip' })
  await dropped
}

/** What a gateway answers well, refuses, and has no callback for. */
async function askGateway({ url }: RunningGateway): Promise<void> {
  for (const path of ['retried', 'doomed', 'nobody-knows-it']) await fetch(`${url}/v1/removals/${path}`)
  await fetch(`${url}/webhooks/removebgvideo/parked/forged`, { method: 'POST', body: '{}' })
}

/** What the worker reports of what all workers know; a project's credits are in the second report, the first may come before it. */
const REPORTED = [
  /^matteflow_outages\{/m,
  /^matteflow_held_credits\{/m,
  /^matteflow_reporting(\{[^}]*\})? 1$/m,
]

/** Once the worker has reported after the removals. */
async function reportedMetrics(url: string): Promise<string> {
  for (;;) {
    const scraped = await (await fetch(url)).text()
    if (REPORTED.every((line) => line.test(scraped))) return scraped
    await pause(200)
  }
}

async function uploadedUrl(file: string, { url, keys }: Sandbox): Promise<string> {
  const body = new FormData()
  body.set('file', await openAsBlob(file, { type: 'video/mp4' }), 'green.mp4')
  const headers = { 'x-api-key': keys[0] ?? '' }
  const response = await fetch(`${url}/v1/uploads`, { method: 'POST', headers, body })
  return ((await response.json()) as { video_url: string }).video_url
}
