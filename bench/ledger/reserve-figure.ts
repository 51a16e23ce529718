import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { createLedger } from '../../adapters/ledger/ledger.ts'
import type { Database } from '../../adapters/ledger/open-database.ts'
import { openDatabase } from '../../adapters/ledger/open-database.ts'
import { serveEmbeddedDatabase } from '../../adapters/ledger/serve-embedded-database.ts'
import type { BenchContext, BenchRow } from '../figure.ts'
import { row } from '../figure.ts'
import { median } from '../percentile.ts'
import { postgresPlace } from './postgres-place.ts'

const SIZES = { quick: [100, 1_000], full: [1_000, 10_000, 100_000] } as const
const RUNS = { quick: 20, full: 100 } as const
const PROJECT = 'busy'

/** What holding credits costs in a project with a budget, by how many removals that project has had. */
export async function reserveFigure(context: BenchContext): Promise<BenchRow[]> {
  const places = [
    { name: 'PGlite', ...(await serveEmbeddedDatabase({ folder: join(context.folder, 'reserving') })) },
    await postgresPlace(),
  ]
  const rows: BenchRow[] = []
  for (const place of places) {
    if (place === null) continue
    try {
      rows.push(...(await atEverySize(place, context)))
    } finally {
      await place.close()
    }
  }
  return rows
}

async function atEverySize(
  { name, url }: { name: string; url: string },
  { quick, progress }: BenchContext,
): Promise<BenchRow[]> {
  const sizes = quick ? SIZES.quick : SIZES.full
  const { database, close } = await openDatabase(url, { poolSize: 1 })
  const rows: BenchRow[] = []
  try {
    await createLedger(database).credits.setBudget(PROJECT, 1e12, new Date())
    let filled = 0
    for (const size of sizes) {
      progress(`reserve after ${size} removals in ${name}`)
      await fill(database, filled, size)
      filled = size
      const value = await reserveMs(database, size, quick ? RUNS.quick : RUNS.full)
      const [first] = rows
      rows.push(
        row({
          figure: `reserve, ${name}, after ${size.toLocaleString('en-US')} removals of the project`,
          value,
          unit: 'ms',
          ...(first !== undefined && {
            aim: 'flat within 1.3×',
            met: value <= first.value * 1.3,
            beside: { what: `after ${sizes[0].toLocaleString('en-US')}`, value: first.value },
          }),
        }),
      )
    }
    return rows
  } finally {
    await close()
  }
}

/** Removals that were settled long ago, written past the ledger: through it a hundred thousand take half an hour. */
async function fill(database: Database, from: number, to: number): Promise<void> {
  const CHUNK = 5_000
  for (let first = from; first < to; first += CHUNK) {
    const last = Math.min(to, first + CHUNK)
    await database.execute(sql`
      insert into removals (id, fingerprint, workflow_id, project, source, model, output_format, background, request, created_at, closed_at)
      select 'old_' || n, 'f' || n, 'removal/old_' || n, ${PROJECT}, 'clip.mp4', 'human', 'webm', '{}', '{}', now(), now()
      from generate_series(${first}::int + 1, ${last}::int) n`)
    for (const [kind, amounts] of [
      [
        'reserve',
        [
          ['budget', -2_250],
          ['reserved', 2_250],
        ],
      ],
      [
        'settle',
        [
          ['reserved', -2_250],
          ['budget', 2_250],
          ['spent', 2_250],
          ['vendor', -2_250],
        ],
      ],
    ] as const) {
      const values = sql.join(
        amounts.map(([account, amount]) => sql`(${account}::text, ${amount}::bigint)`),
        sql`, `,
      )
      await database.execute(sql`
        insert into ledger_entries (removal_id, purchase, kind, account, project, model, output_format, amount_millicredits, reason, at)
        select 'old_' || n, 1, ${kind}, a.account, ${PROJECT}, 'human', 'webm', a.amount, 'filled', now()
        from generate_series(${first}::int + 1, ${last}::int) n, (values ${values}) a(account, amount)`)
    }
  }
  // What filling has left behind is not what is measured.
  await database.execute(sql`vacuum analyze`)
  await database.execute(sql`checkpoint`)
}

async function reserveMs(database: Database, size: number, runs: number): Promise<number> {
  const { removals, credits } = createLedger(database)
  const variant = { model: 'human', outputFormat: 'webm' } as const
  const times: number[] = []
  for (let run = 0; run < runs; run += 1) {
    const id = `new_${size}_${run}`
    const at = new Date()
    await removals.admit({
      ...{ id, fingerprint: id, workflowId: `removal/${id}`, project: PROJECT, source: 'clip.mp4' },
      ...{ model: 'human', outputFormat: 'webm', background: {}, request: {}, createdAt: at },
    })
    const begun = performance.now()
    await credits.reserve({
      ...{ removalId: id, purchase: 1, project: PROJECT, variant, amountMillicredits: 2_250, at },
      reason: 'a price',
    })
    times.push(performance.now() - begun)
  }
  return median(times)
}
