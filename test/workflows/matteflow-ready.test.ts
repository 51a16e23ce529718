import { join } from 'node:path'
import type { WorkflowFailedError } from '@temporalio/client'
import type { ApplicationFailure } from '@temporalio/common'
import { Worker } from '@temporalio/worker'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { OpenDatabase } from '../../adapters/ledger/open-database.ts'
import { openDatabase } from '../../adapters/ledger/open-database.ts'
import type { EmbeddedDatabase } from '../../adapters/ledger/serve-embedded-database.ts'
import { TASK_QUEUES } from '../../domain/policies.ts'
import type { ReadyReport, ReadyStep } from '../../domain/readiness.ts'
import type { Fault } from '../../sandbox/index.ts'
import { answer, loseReply } from '../../sandbox/index.ts'
import type { RemovalEnvironment } from '../../testing/removal-environment.ts'
import { startRemovalEnvironment } from '../../testing/removal-environment.ts'
import { serveDatabase } from '../../testing/serve-database.ts'
import { startTemporalServer } from '../../testing/temporal-server.ts'
import type { matteflowReady, reconcileBooks } from '../../workflows/index.ts'
import { MATTEFLOW_READY, RECONCILE_BOOKS } from '../../workflows/messages.ts'
import { isList, oddStore, s3Error } from '../adapters/storage/support/odd-store.ts'
import { inFull, itInFull } from '../support/in-full.ts'
import { untilInRealTime } from './support/observe.ts'

type Server = Awaited<ReturnType<typeof startTemporalServer>>

let temporal: Server
let server: EmbeddedDatabase
let ledger: OpenDatabase
let checks = 0

beforeAll(async () => {
  ;[temporal, server] = await Promise.all([startTemporalServer('dev'), serveDatabase()])
  ledger = await openDatabase(server.url)
})

afterAll(async () => {
  await ledger?.close()
  await server?.close()
  await temporal?.teardown()
})

/** Workers with a vendor of their own, which is broken as the test says. */
async function workers(
  faults: Fault[] = [],
  variables: Record<string, string> = {},
): Promise<RemovalEnvironment> {
  const environment = await startRemovalEnvironment({
    temporal,
    databaseUrl: server.url,
    // A step gives up after a second instead of twenty.
    settings: { outageBudgetMs: 1_000 },
    variables,
  })
  environment.sandbox.addFaults(faults)
  onTestFinished(() => environment.close())
  return environment
}

const workflowId = (): string => `ready/${(checks += 1)}`

/** One check, and what it says whichever way it ends. */
async function check(): Promise<{ failedWith: string | null; message: string; report: ReadyReport }> {
  try {
    const report = await temporal.client.workflow.execute<typeof matteflowReady>(MATTEFLOW_READY, {
      workflowId: workflowId(),
      taskQueue: TASK_QUEUES.own,
      args: [],
    })
    return { failedWith: null, message: '', report }
  } catch (error) {
    const { type, message, details } = (error as WorkflowFailedError).cause as ApplicationFailure
    return { failedWith: type ?? null, message, report: details?.at(-1) as ReadyReport }
  }
}

const outcomes = ({ steps }: ReadyReport) =>
  Object.fromEntries(steps.map(({ step, outcome }: ReadyStep) => [step, outcome]))

async function reconcile() {
  return temporal.client.workflow.execute<typeof reconcileBooks>(RECONCILE_BOOKS, {
    workflowId: `reconcile/${(checks += 1)}`,
    taskQueue: TASK_QUEUES.own,
    args: [{ project: null, days: 30 }],
  })
}

const ALL_PASSED = { ledger: 'passed', storage: 'passed', vendor: 'passed', replay: 'passed' }

describe('a worker that could take removals', () => {
  it('makes a draft, starts nothing, and the vendor bills nothing', async () => {
    const { sandbox } = await workers()

    const { failedWith, report } = await check()

    expect(failedWith).toBeNull()
    expect(outcomes(report)).toEqual(ALL_PASSED)
    expect(sandbox.report()).toMatchObject({
      drafts: 1,
      orphanDrafts: 1,
      startsAccepted: 0,
      jobsBought: 0,
      creditsBilledMillicredits: 0,
    })
    expect(sandbox.report().jobs.map(({ id }) => id)).toEqual([report.draft?.vendorJobId])
  })

  itInFull('leaves a draft that reconcile names as ours, and as no difference', async () => {
    await workers()
    const { report } = await check()

    const { readyDrafts, differences } = await reconcile()

    expect(readyDrafts).toEqual([
      { ...report.draft, checkId: expect.stringMatching(new RegExp(`^ready/${checks - 1}/`)) },
    ])
    expect(differences).toEqual([])
  })
})

describe('a worker whose way to a removal is broken', () => {
  it('says so of its ledger, and leaves no draft that could not be recorded', async () => {
    const { sandbox } = await workers()
    await ledger.database.execute(sql`alter table budgets rename to budgets_away`)
    onTestFinished(async () => {
      await ledger.database.execute(sql`alter table budgets_away rename to budgets`)
    })

    const { failedWith, message, report } = await check()

    expect(failedWith).toBe('PlatformUnavailable')
    expect(message).toMatch(/^not ready: ledger: .*tables of matteflow are missing/)
    expect(outcomes(report)).toEqual({ ...ALL_PASSED, ledger: 'failed', vendor: 'skipped' })
    expect(report.steps[0]?.fix).not.toBe('')
    expect(sandbox.report().drafts).toBe(0)
  })

  it('says so of its storage, with the right that it lacks', async () => {
    await oddStore((request, response) => isList(request) && s3Error(response, 403, 'AccessDenied'))
    await workers([], { STORAGE_URL: 's3://mattes/p' })

    const { failedWith, report } = await check()

    expect(failedWith).toBe('PlatformUnavailable')
    expect(outcomes(report)).toEqual({ ...ALL_PASSED, storage: 'failed' })
    expect(report.steps[1]).toMatchObject({
      problem: expect.stringContaining('access is denied'),
      fix: expect.stringContaining('s3:ListBucket'),
    })
  })

  it.each([
    ['its key', answer('upload', 401), 'CredentialsRejected', /REMOVEBGVIDEO_API_KEY/],
    ...inFull(
      ['its credits', answer('create', 402), 'InsufficientCredits', /vendor account/] as const,
      [
        'an outage of the vendor',
        answer('upload', 503, { occurrence: { from: 1 } }),
        'VendorUnavailable',
        /./,
      ] as const,
    ),
  ] as const)('says so of %s', async (_, fault, kind, fix) => {
    const { sandbox } = await workers([fault])

    const { failedWith, report } = await check()

    expect(failedWith).toBe(kind)
    expect(outcomes(report)).toEqual({ ...ALL_PASSED, vendor: 'failed' })
    expect(report.steps[2]).toMatchObject({ kind, fix: expect.stringMatching(fix) })
    expect(sandbox.report()).toMatchObject({ startsAccepted: 0, creditsBilledMillicredits: 0 })
  })

  itInFull(
    'goes on after a lost reply, and reconcile says whose the draft is that nobody knows',
    async () => {
      const { sandbox } = await workers([loseReply('create')])

      const { failedWith, report } = await check()
      const { readyDrafts, differences } = await reconcile()

      expect(failedWith).toBeNull()
      expect(sandbox.report()).toMatchObject({ drafts: 2, creditsBilledMillicredits: 0 })
      expect(readyDrafts).toMatchObject([report.draft])
      expect(differences).toMatchObject([
        {
          kind: 'orphan-drafts',
          removalId: null,
          seen: expect.stringContaining('the readiness check ready/'),
        },
      ])
    },
  )

  itInFull('says so of its workflow code, with the removal that could not go on', async () => {
    await workers()
    await leaveOpen('removal/of-another-make')

    const { failedWith, message, report } = await check()

    expect(failedWith).toBe('Unexpected')
    expect(message).toContain(
      '1 of 1 open histories could not go on with this build: removal/of-another-make',
    )
    expect(outcomes(report)).toEqual({ ...ALL_PASSED, replay: 'failed' })
    expect(report.steps[3]?.fix).toContain('matteflow replay --open')
  })
})

/** An open run of a removal whose code is not this build's. */
async function leaveOpen(id: string): Promise<void> {
  const taskQueue = 'of-another-make'
  const worker = await Worker.create({
    connection: temporal.nativeConnection,
    taskQueue,
    workflowsPath: join(import.meta.dirname, 'support/other-build.ts'),
  })
  const handle = await temporal.client.workflow.start('removeBackground', { workflowId: id, taskQueue })
  onTestFinished(async () => {
    await handle.terminate('the test is over')
  })
  await worker.runUntil(async () => {
    await untilInRealTime(async () => (await handle.describe()).historyLength >= 5)
  })
  const open = `WorkflowId = '${id}' AND ExecutionStatus = 'Running'`
  await untilInRealTime(async () => (await temporal.client.workflow.count(open)).count > 0)
}
