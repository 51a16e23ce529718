import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OpenDatabase } from '../../adapters/ledger/open-database.ts'
import { openDatabase } from '../../adapters/ledger/open-database.ts'
import type { EmbeddedDatabase } from '../../adapters/ledger/serve-embedded-database.ts'
import { usageReport } from '../../adapters/ledger/usage-report.ts'
import { TASK_QUEUES } from '../../domain/policies.ts'
import type { ReconcileReport, ReconcileRequest } from '../../domain/reconcile/reconcile-report.ts'
import type { Fault } from '../../sandbox/index.ts'
import { failJob, loseReply, neverEnd } from '../../sandbox/index.ts'
import type { RemovalEnvironment } from '../../testing/removal-environment.ts'
import { startRemovalEnvironment } from '../../testing/removal-environment.ts'
import { serveDatabase } from '../../testing/serve-database.ts'
import { startTemporalServer } from '../../testing/temporal-server.ts'
import type { reconcileBooks } from '../../workflows/index.ts'
import { RECONCILE_BOOKS } from '../../workflows/messages.ts'
import { clip } from '../support/clips.ts'
import { RENDER_CACHE } from '../support/render-cache.ts'
import type { RemovalHandle } from './support/observe.ts'
import { documentOf, untilState } from './support/observe.ts'

const EVERYTHING: ReconcileRequest = { project: null, days: 30 }

let environment: RemovalEnvironment
let server: EmbeddedDatabase
let ledger: OpenDatabase
let file: string
let foreignJobId: string
let report: ReconcileReport

// One account with a history, which the tests look at from several sides.
beforeAll(async () => {
  file = await clip('green')
  const [temporal, database] = await Promise.all([startTemporalServer('dev'), serveDatabase()])
  server = database
  environment = await startRemovalEnvironment({
    temporal,
    databaseUrl: server.url,
    sandbox: { renderCacheDir: RENDER_CACHE, speed: 0.05, modes: { instant: true } },
  })
  ledger = await openDatabase(server.url)

  await documentOf(await start('plain', { project: 'shop', user: 'ann' }))
  await documentOf(await start('failed', { project: 'shop', user: 'ben' }, failJob()))
  await documentOf(await start('lost-draft', { project: 'shop', model: 'pro' }, loseReply('create')))
  foreignJobId = await buyBehindOurBack()
  const running = [
    await start('runs-on', {}, neverEnd()),
    await start('unfinished', {}, neverEnd()),
    await start('terminated', {}, neverEnd()),
  ]
  environment.sandbox.setModes({ instant: false })
  running.push(await start('ended-later', {}))
  for (const handle of running) await untilState(environment, handle, 'processing')
  await cancelled(running[0]!)
  await cancelled(running[3]!)
  await running[2]!.terminate('an operator')
  environment.sandbox.setModes({ instant: true })

  report = await reconcile(EVERYTHING)
}, 120_000)

afterAll(async () => {
  await environment?.temporal.client.workflow
    .getHandle('removal/unfinished')
    .terminate('over')
    .catch(() => {})
  await environment?.close()
  await ledger?.close()
  await server?.close()
  await environment?.temporal.teardown()
}, 60_000)

describe('a ledger and a vendor that differ here and there', () => {
  it('are named difference by difference, with the removal and the next step', () => {
    expect(report.differences.map(({ kind, removalId }) => ({ kind, removalId }))).toEqual([
      { kind: 'billed-and-unrecorded', removalId: null },
      { kind: 'orphan-drafts', removalId: 'lost-draft' },
      { kind: 'stuck-reservations', removalId: 'terminated' },
      { kind: 'usage-total-differs', removalId: null },
    ])
    expect(report.differences[0]).toMatchObject({ vendorJobId: foreignJobId, keyAlias: 'default', ours: 0 })
    for (const { seen, next } of report.differences) expect([seen, next]).not.toContain('')
    expect(report.omitted).toBe(0)
  })

  it('differ in total by what was bought behind our back, to the millicredit', () => {
    const total = report.differences.find(({ kind }) => kind === 'usage-total-differs')
    const [key] = report.usage

    expect(total?.theirs).toBe(environment.sandbox.report().creditsBilledMillicredits / 1_000)
    expect(key).toMatchObject({ keyAlias: 'default', theirs: total?.theirs })
    expect((key?.theirs ?? 0) - (key?.ours ?? 0) - (key?.open ?? 0)).toBe(3)
  })
})

describe('a cancelled removal whose job has ended since', () => {
  it('is settled by the first run, with the vendor’s words as the reason', async () => {
    expect(report.closed).toMatchObject([
      { removalId: 'ended-later', purchase: 1, closing: 'settle', spent: 3 },
    ])
    expect(report.closed[0]?.reason).toMatch(
      /^reconcile of .*: vendor job .* completed: 3 s × 60 credits\/min, rounded up to 1\/1000, is 3; billing status charged$/,
    )
    const job = await environment.dependencies.ledger.vendorJobs.find({
      removalId: 'ended-later',
      purchase: 1,
    })
    expect(job).toMatchObject({
      finalStatus: 'completed',
      billingStatus: 'charged',
      chargedMillicredits: 3_000,
    })
  })

  it('is settled once: the next run posts nothing and finds the same', async () => {
    const again = await reconcile(EVERYTHING)

    expect(again.closed).toEqual([])
    expect(again.counts).toEqual(report.counts)
    expect(again.usage).toEqual(report.usage)
  })
})

describe('what is not over', () => {
  it('is open while a cancelled job runs, and no difference while a removal is unfinished', () => {
    expect(report.open).toMatchObject([{ removalId: 'runs-on', held: 3 }])
    expect(JSON.stringify(report)).not.toContain('"unfinished"')
  })
})

describe('one project', () => {
  it('is compared without the jobs and totals of the whole key', async () => {
    const shop = await reconcile({ project: 'shop', days: 30 })

    expect(shop).toMatchObject({ project: 'shop', differences: [], open: [], usage: [] })
    expect(shop.checked.purchases).toBe(3)
  })
})

describe('usage by the ledger', () => {
  it('is the vendor’s bill without what was bought behind our back, to the millicredit', async () => {
    const { total } = await usageReport(ledger.database, { by: [] })
    const { creditsBilledMillicredits, jobsBought } = environment.sandbox.report()

    expect(Math.round((total.spent + total.reserved) * 1_000)).toBe(creditsBilledMillicredits - 3_000)
    expect(total).toMatchObject({ bought: jobsBought - 1, failed: 1, collected: 2 })
  })

  it('adds up by user, model and day, and narrows to a project', async () => {
    const { rows, total } = await usageReport(ledger.database, { by: ['user', 'model'], project: 'shop' })
    const byDay = await usageReport(ledger.database, { by: ['day'], until: new Date(Date.now() + 1_000) })

    expect(rows).toEqual([
      { user: 'ann', model: 'original', spent: 3, reserved: 0, bought: 1, failed: 0, collected: 1 },
      { user: 'ben', model: 'original', spent: 3, reserved: 0, bought: 1, failed: 1, collected: 0 },
      { user: null, model: 'pro', spent: 9, reserved: 0, bought: 1, failed: 0, collected: 1 },
    ])
    expect(total.spent).toBe(15)
    expect(byDay.rows.reduce((sum, row) => sum + row.spent, 0)).toBe(byDay.total.spent)
    expect(byDay.rows[0]?.day).toMatch(/^\d{4}-\d{2}-\d{2}$/)
  })

  it('is nothing before anything was bought', async () => {
    const { rows, total } = await usageReport(ledger.database, {
      by: ['project'],
      until: new Date('2026-01-01'),
    })

    expect(rows).toEqual([])
    expect(total).toEqual({ spent: 0, reserved: 0, bought: 0, failed: 0, collected: 0 })
  })
})

// These change the key, and stay last.
describe('a key that the vendor refuses', () => {
  it('leaves gaps instead of an answer, and settles nothing', async () => {
    const { sandbox } = environment
    sandbox.revokeKey(sandbox.keys[0] ?? '')

    const { counts, differences, closed } = await reconcile(EVERYTHING)

    sandbox.acceptKey(sandbox.keys[0] ?? '')
    expect(closed).toEqual([])
    expect(counts).toMatchObject({
      'visibility-gap': 2,
      'stuck-reservations': 1,
      'usage-total-differs': 0,
      'billed-and-unrecorded': 0,
    })
    const gaps = differences.filter(({ kind }) => kind === 'visibility-gap')
    expect(gaps.map(({ removalId, keyAlias }) => ({ removalId, keyAlias }))).toContainEqual({
      removalId: 'runs-on',
      keyAlias: 'default',
    })
  })
})

async function start(
  id: string,
  request: { project?: string; user?: string; model?: 'pro' },
  ...faults: Fault[]
): Promise<RemovalHandle> {
  const { sandbox } = environment
  sandbox.addFaults(faults)
  const before = sandbox.report().startsAccepted
  const handle = await environment.start({ ...request, id, source: file })
  // The next one's faults must not meet this one.
  while (sandbox.report().startsAccepted === before) await new Promise((resolve) => setTimeout(resolve, 10))
  return handle
}

async function cancelled(handle: RemovalHandle): Promise<void> {
  await handle.cancel()
  await documentOf(handle)
}

function reconcile(request: ReconcileRequest): Promise<ReconcileReport> {
  return environment.temporal.client.workflow.execute<typeof reconcileBooks>(RECONCILE_BOOKS, {
    workflowId: `reconcile/${crypto.randomUUID()}`,
    taskQueue: TASK_QUEUES.own,
    args: [request],
  })
}

/** A job that another integration makes with the same key: 3 s of the model `original`. */
async function buyBehindOurBack(): Promise<string> {
  const { url, keys, report } = environment.sandbox
  const headers = { 'x-api-key': keys[0] ?? '', 'content-type': 'application/json' }
  const removal = await environment.dependencies.ledger.removals.find('plain')
  const body = JSON.stringify({
    video_url: removal?.videoUrl,
    model: 'original',
    output_format: 'webm',
    background: { type: 'transparent' },
  })
  const before = report().jobsCompleted
  const response = await fetch(`${url}/v1/jobs`, { method: 'POST', headers, body })
  const { id } = (await response.json()) as { id: string }
  while (report().jobsCompleted === before) await new Promise((resolve) => setTimeout(resolve, 10))
  return id
}
