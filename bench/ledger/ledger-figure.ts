import { join } from 'node:path'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { sql } from 'drizzle-orm'
import { openDatabase } from '../../adapters/ledger/open-database.ts'
import { budgets, ledgerEntries, removals, vendorJobs } from '../../adapters/ledger/schema.ts'
import { serveEmbeddedDatabase } from '../../adapters/ledger/serve-embedded-database.ts'
import { makeDemoClip } from '../../adapters/media/picture/demo-clip.ts'
import { startRemovalEnvironment } from '../../testing/removal-environment.ts'
import type { BenchContext, BenchRow } from '../figure.ts'
import { row } from '../figure.ts'
import { median } from '../percentile.ts'
import { takeTime } from '../pipeline/take-time.ts'
import { withTemporal } from '../stack/with-temporal.ts'
import { postgresPlace } from './postgres-place.ts'

const RUNS = { quick: 5, full: 40 } as const
const TABLES = [removals, vendorJobs, ledgerEntries, budgets]

interface Place {
  name: string
  url: string
  close(): Promise<void>
}

/** What the ledger calls of one removal cost: the time in all of them, one removal at a time, and rows. */
export async function ledgerFigure(context: BenchContext): Promise<BenchRow[]> {
  const clip = join(context.folder, 'clip.mp4')
  await makeDemoClip(clip, 'green', 1, { width: 64, height: 48 })
  return withTemporal(async (temporal) => {
    const rows: BenchRow[] = []
    for (const open of [embedded, postgresPlace]) {
      const place = await open(context.folder)
      if (place === null) continue
      try {
        rows.push(...(await cost(temporal, clip, place, context)))
      } finally {
        await place.close()
      }
    }
    return rows
  })
}

async function embedded(folder: string): Promise<Place> {
  const { url, close } = await serveEmbeddedDatabase({ folder: join(folder, 'books') })
  return { name: 'PGlite on a folder', url, close }
}

async function cost(
  temporal: TestWorkflowEnvironment,
  clip: string,
  { name, url }: Place,
  { quick, progress }: BenchContext,
): Promise<BenchRow[]> {
  const runs = quick ? RUNS.quick : RUNS.full
  progress(`${runs} removals in ${name}`)
  const counted = await openDatabase(url, { poolSize: 1 })
  const rowsNow = async () => {
    const counts = await Promise.all(TABLES.map((table) => counted.database.$count(table)))
    return counts.reduce((sum, count) => sum + count, 0)
  }
  const environment = await startRemovalEnvironment({
    temporal,
    databaseUrl: url,
    sandbox: { modes: { instant: true } },
  })
  try {
    const remove = async () => (await environment.start({ source: clip, model: 'human' })).result()
    await remove()
    const watch = { totalMs: 0, calls: 0 }
    environment.dependencies.ledger = takeTime(environment.dependencies.ledger, watch)
    const before = await rowsNow()
    const times: number[] = []
    while (times.length < runs) {
      watch.totalMs = 0
      await remove()
      times.push(watch.totalMs)
    }
    const bare = await roundTripMs(counted.database)
    return [
      row({
        figure: `ledger calls of a removal, ${name}`,
        value: median(times),
        unit: 'ms',
        beside: { what: 'one SELECT 1', value: bare },
        note: `${watch.calls / runs} calls to the ledger, each a transaction or a statement; one removal at a time`,
      }),
      row({
        figure: `ledger calls of a removal, ${name}: rows`,
        value: ((await rowsNow()) - before) / runs,
        unit: 'rows',
      }),
    ]
  } finally {
    await environment.close()
    await counted.close()
  }
}

async function roundTripMs(database: Awaited<ReturnType<typeof openDatabase>>['database']): Promise<number> {
  const times: number[] = []
  while (times.length < 100) {
    const begun = performance.now()
    await database.execute(sql`SELECT 1`)
    times.push(performance.now() - begun)
  }
  return median(times)
}
