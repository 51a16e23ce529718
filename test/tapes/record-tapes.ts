import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import {
  ALWAYS,
  answerHtml,
  deadOutput,
  failJob,
  loseReply,
  otherOutput,
  rateLimit,
  resetBefore,
} from '../../sandbox/index.ts'
import { serveDatabase } from '../../testing/serve-database.ts'
import { startTemporalServer } from '../../testing/temporal-server.ts'
import { RESUME } from '../../workflows/messages.ts'
import type { Recording } from './record-bundle.ts'
import { recordBundle, untilParked } from './record-bundle.ts'

const SHORT = { MATTEFLOW_CALL_TIMEOUT: '1s', MATTEFLOW_SETTLE_MARGIN: '500ms' }

/** Removals whose bundles are kept: what each build decides, calls and spends must stay so, or change on purpose. */
const RECORDINGS: Record<string, Recording> = {
  served: { request: { user: 'ada.lovelace', reference: 'order-77 of Ada', project: 'acme' } },
  'served-after-outages': {
    sandbox: { faults: [answerHtml('create', 503), rateLimit('start'), answerHtml('status', 502)] },
  },
  'start-in-doubt': { variables: SHORT, sandbox: { faults: [loseReply('start')] } },
  'start-never-arrived': { variables: SHORT, sandbox: { faults: [resetBefore('start')] } },
  'slow-job': { sandbox: { modes: { instant: false }, speed: 20 } },
  'job-failed': { sandbox: { faults: [failJob('GPU worker lost')] } },
  'fell-back': {
    sandbox: { faults: [failJob('GPU worker lost')] },
    request: { fallback: 'auto' },
  },
  'refused-output': { sandbox: { faults: [otherOutput('opaque-matte', { occurrence: ALWAYS })] } },
  'dead-output': {
    sandbox: { faults: [deadOutput(404, { occurrence: ALWAYS })] },
    meanwhile: (environment) => untilParked(environment, 'dead-output'),
  },
  'without-credits': {
    sandbox: { credits: 0 },
    meanwhile: async (environment, handle) => {
      await untilParked(environment, 'without-credits')
      environment.sandbox.setCredits(100)
      await handle.executeUpdate(RESUME, { args: [{}] })
      await handle.result()
    },
  },
}

const FOLDER = join(import.meta.dirname, 'recorded')
const named = process.argv.slice(2)

// In real time, as tapes are recorded; they are played in time that is skipped.
const temporal = await startTemporalServer('dev')
const embedded = await serveDatabase()
try {
  await mkdir(FOLDER, { recursive: true })
  for (const [name, recording] of Object.entries(RECORDINGS)) {
    if (named.length > 0 && !named.includes(name)) continue
    const bundle = await recordBundle({ temporal, databaseUrl: embedded.url }, name, recording)
    await writeFile(join(FOLDER, `${name}.bundle.json.gz`), gzipSync(JSON.stringify(bundle), { level: 9 }))
    console.log(`${name}: ${bundle.exchanges.length} exchanges, ${bundle.document?.state ?? 'unknown'}`)
  }
} finally {
  await embedded.close()
  await temporal.teardown()
}
process.exit(0)
