import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Client } from '@temporalio/client'
import { makeDemoClip } from '../../adapters/media/picture/demo-clip.ts'
import { removalIdOf } from '../../domain/removal-id.ts'
import { ALWAYS, show } from '../../sandbox/index.ts'
import { startRemovalEnvironment } from '../../testing/removal-environment.ts'
import { serveDatabase } from '../../testing/serve-database.ts'
import type { BenchContext, BenchRow } from '../figure.ts'
import { row } from '../figure.ts'
import { firstLine } from '../first-line.ts'
import { percentile } from '../percentile.ts'
import { runTimed } from '../run-timed.ts'
import { withTemporal } from '../stack/with-temporal.ts'
import { runBenchGateway } from './run-bench-gateway.ts'

const ASK = fileURLToPath(new URL('./ask-process.ts', import.meta.url))
const WATCH = fileURLToPath(new URL('./watch-process.ts', import.meta.url))
const RATE = 200
const SECONDS = { quick: 3, full: 15 } as const
const WATCHERS = { quick: 50, full: 1_000 } as const
const MOST_LOOKS = 1.1

/** What it takes to tell many how one running removal stands: by its document, and by live events. */
export async function watchingRows(context: BenchContext): Promise<BenchRow[]> {
  return withTemporal(async (temporal) => {
    const ledger = await serveDatabase()
    const storageUrl = pathToFileURL(join(context.folder, 'watched')).href
    const environment = await startRemovalEnvironment({
      ...{ temporal, databaseUrl: ledger.url, sandbox: { modes: { instant: true } } },
      variables: { STORAGE_URL: storageUrl },
    })
    // Questions of the gateway alone are counted.
    const client = new Client({
      connection: temporal.connection,
      namespace: temporal.client.options.namespace,
    })
    const looks = countLooks(client)
    const running = runBenchGateway(client, ledger.url, { HOME: context.folder, STORAGE_URL: storageUrl })
    try {
      const clip = join(context.folder, 'watched.mp4')
      await makeDemoClip(clip, 'green', 1, { width: 64, height: 48 })
      environment.sandbox.addFaults([
        show('status', { status: 'processing', progress: 40 }, { occurrence: ALWAYS }),
      ])
      const handle = await environment.start({ source: clip })
      const url = `${(await running).url}/v1/removals/${removalIdOf(handle.workflowId)}`
      const rows = [await asking(url, context), ...(await watching(url, looks, context))]
      environment.sandbox.clearFaults()
      await handle.result()
      return rows
    } finally {
      await (await running).close()
      await environment.close()
      await ledger.close()
    }
  })
}

async function asking(url: string, { quick, progress }: BenchContext): Promise<BenchRow> {
  const seconds = SECONDS[quick ? 'quick' : 'full']
  progress(`${RATE} questions a second for ${seconds} s`)
  await runTimed(process.execPath, [ASK, url, '20', '1'])
  const { stdout } = await runTimed(process.execPath, [ASK, url, String(RATE), String(seconds)])
  const took = JSON.parse(stdout) as number[]
  return row({
    figure: `the document of a running removal, at ${RATE} requests/s, 99th percentile`,
    value: percentile(took, 0.99),
    unit: 'ms',
    note: `half of them within ${percentile(took, 0.5).toFixed(1)} ms`,
  })
}

async function watching(
  url: string,
  looks: { count: number },
  { quick, progress }: BenchContext,
): Promise<BenchRow[]> {
  const size = quick ? 'quick' : 'full'
  const [watchers, seconds] = [WATCHERS[size], SECONDS[size]]
  progress(`${watchers} watchers of one removal`)
  const before = process.memoryUsage().rss
  const child = spawn(process.execPath, [WATCH, `${url}/events`, String(watchers)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await firstLine(child)
    const [seen, begun] = [looks.count, performance.now()]
    await sleep(seconds * 1_000)
    const value = (looks.count - seen) / ((performance.now() - begun) / 1_000)
    const mebibytes = (process.memoryUsage().rss - before) / 1_048_576
    return [
      row({
        figure: `questions to Temporal for ${watchers} watchers of one removal`,
        ...{ value, unit: 'a second', aim: `≤ ${MOST_LOOKS}`, met: value <= MOST_LOOKS },
        note: `${mebibytes.toFixed(0)} MiB for all of them`,
      }),
    ]
  } finally {
    child.kill('SIGKILL')
  }
}

/** Counts the descriptions that a client asks for. */
function countLooks(client: Client): { count: number } {
  const looks = { count: 0 }
  const { workflowService } = client
  const describe = workflowService.describeWorkflowExecution.bind(workflowService)
  workflowService.describeWorkflowExecution = ((...args: Parameters<typeof describe>) => {
    looks.count += 1
    return describe(...args)
  }) as typeof describe
  return looks
}
