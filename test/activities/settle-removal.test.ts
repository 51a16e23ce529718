import { describe, expect, it } from 'vitest'
import type { SettleRemovalInput } from '../../activities/settle/settle-removal.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { failJob, neverEnd, resetBefore } from '../../sandbox/index.ts'
import { aCompleted, aDrafted, anUploaded, aStarted, waitForEnd } from './support/bought-so-far.ts'
import { failureOf, runActivity } from './support/run-activity.ts'
import type { Stage } from './support/stage.ts'
import { LABELS, useStages } from './support/stage.ts'

const aStage = useStages()

const TEMPORAL = { workflowId: 'removal/x', runId: 'run-1', namespace: 'default' }
const ENDED = {
  labels: LABELS,
  state: 'failed' as const,
  served: null,
  output: null,
  failure: null,
  temporal: TEMPORAL,
}

async function settle(
  stage: Stage,
  { removalId }: { removalId: string },
  input: Partial<SettleRemovalInput> = {},
) {
  const document = await runActivity(stage.activities.settleRemoval, { removalId, ...ENDED, ...input })
  if (document === null) throw new Error('no record')
  return document
}

/** A project of its own, so that its balance is this removal's. */
const aProject = () => `p${crypto.randomUUID().slice(0, 12)}`

describe('a removal that succeeded', () => {
  const succeeded = { state: 'succeeded' as const, served: { purchase: 1, why: 'requested' } }

  it('has the whole document, in the ledger for good', async () => {
    const stage = await aStage()
    const removal = await aCompleted(stage, { user: 'u7', reference: 'order 9' })
    const output = await runActivity(stage.activities.retrieveOutput, {
      ...removal,
      wantsAlpha: true,
      durationSeconds: 3,
    })

    const document = await settle(stage, removal, { ...succeeded, output })

    expect(document).toEqual({
      id: removal.removalId,
      state: 'succeeded',
      project: 'default',
      user: 'u7',
      reference: 'order 9',
      input: {
        source: 'green.mp4',
        bytes: expect.any(Number),
        durationSeconds: expect.closeTo(3, 0),
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      requested: { model: 'human', outputFormat: 'webm', background: { type: 'transparent' } },
      served: { model: 'human', outputFormat: 'webm', why: 'requested' },
      vendorJobs: [
        {
          id: removal.vendorJobId,
          model: 'human',
          outputFormat: 'webm',
          state: 'completed',
          keyAlias: 'default',
          requestIds: expect.any(Array),
          credits: { estimated: 2.25, charged: 2.25 },
        },
      ],
      output,
      refusedOutput: null,
      outage: null,
      credits: { estimated: expect.closeTo(2.25, 1), charged: 2.25, unit: 'credit' },
      failure: null,
      parkedSince: null,
      progress: 100,
      transfer: null,
      vendorJob: null,
      createdAt: expect.stringMatching(/Z$/),
      finishedAt: expect.stringMatching(/Z$/),
      deletedAt: null,
      temporal: TEMPORAL,
    })
    expect((await stage.deps.ledger.removals.find(removal.removalId))?.document).toEqual(document)
    expect(await stage.deps.ledger.vendorJobs.find(removal)).toMatchObject({ collected: true })
  })

  it('spends what the vendor took, once, and holds nothing more', async () => {
    const stage = await aStage()
    const project = aProject()
    const removal = await aCompleted(stage, { project })

    await settle(stage, removal, succeeded)
    await settle(stage, removal, succeeded)

    expect(await stage.deps.ledger.credits.balance(project)).toMatchObject({
      reservedMillicredits: 0,
      spentMillicredits: stage.sandbox.report().creditsBilledMillicredits,
    })
  })
})

describe('a removal that ends, however', () => {
  it('leaves no staged input behind', async () => {
    const stage = await aStage()
    const removal = await anUploaded(stage)

    await settle(stage, removal)

    const keys: string[] = []
    for await (const key of stage.deps.storage.list('')) keys.push(key)
    expect(keys.filter((key) => !key.startsWith('exchanges/'))).toEqual([])
  })
})

describe('a storage that refuses to remove', () => {
  it('holds up no end', async () => {
    const refused = () => Promise.reject(new RemovalFailure('PlatformUnavailable', 'DeleteObjects: 501'))
    const stage = await aStage()
    const removal = await anUploaded(stage)
    Object.assign(stage.deps.storage, { remove: refused, removeAll: refused })

    expect(await settle(stage, removal)).toMatchObject({ state: 'failed' })
    expect(await stage.deps.ledger.removals.find(removal.removalId)).toMatchObject({ finalStatus: 'failed' })
  })
})

describe('a removal that failed', () => {
  it('says so, and keeps what the failed job cost', async () => {
    const stage = await aStage({ faults: [failJob()] })
    const project = aProject()
    const removal = await aStarted(stage, { project })
    await expect(waitForEnd(stage, removal)).rejects.toMatchObject({ type: 'ProcessingFailed' })
    const failure = new RemovalFailure('ProcessingFailed', 'it failed').toDocument()

    const document = await settle(stage, removal, { failure })

    expect(document).toMatchObject({
      state: 'failed',
      failure,
      served: null,
      progress: null,
      vendorJob: null,
    })
    expect(document.vendorJobs?.[0]).toMatchObject({ state: 'failed' })
    expect(document.credits.charged).toBeGreaterThan(0)
    expect(await stage.deps.ledger.credits.balance(project)).toMatchObject({ reservedMillicredits: 0 })
  })

  it('before anything was bought costs nothing and holds nothing', async () => {
    const stage = await aStage()
    const project = aProject()
    const removal = await anUploaded(stage, { project })

    expect(await settle(stage, removal)).toMatchObject({ vendorJobs: [], credits: { charged: 0 } })
    expect(await stage.deps.ledger.credits.balance(project)).toMatchObject({
      reservedMillicredits: 0,
      spentMillicredits: 0,
    })
  })
})

describe('a removal that was cancelled', () => {
  const cancelled = (stage: Stage, removal: { removalId: string }) =>
    settle(stage, removal, { state: 'cancelled' })

  it('before its draft leaves none', async () => {
    const stage = await aStage()

    expect(await cancelled(stage, await anUploaded(stage))).toMatchObject({
      state: 'cancelled',
      vendorJob: 'none',
    })
  })

  it('after its draft leaves that, which costs nothing', async () => {
    const stage = await aStage()
    const project = aProject()

    expect(await cancelled(stage, await aDrafted(stage, { project }))).toMatchObject({
      vendorJob: 'draft',
      credits: { charged: 0 },
    })
    expect(await stage.deps.ledger.credits.balance(project)).toMatchObject({ reservedMillicredits: 0 })
  })

  it('after its start leaves it running, its credits held and its charge open', async () => {
    const stage = await aStage({ faults: [neverEnd()] })
    const project = aProject()

    expect(await cancelled(stage, await aStarted(stage, { project }))).toMatchObject({
      vendorJob: 'running',
      vendorJobs: [{ credits: { charged: null } }],
      credits: { charged: null },
    })
    expect((await stage.deps.ledger.credits.balance(project)).reservedMillicredits).toBeGreaterThan(0)
  })

  it('with a start in doubt does not know, and holds the credits', async () => {
    const stage = await aStage({ faults: [resetBefore('start')] })
    const project = aProject()
    const removal = await aDrafted(stage, { project })
    await failureOf(stage.activities.startVendorJob, removal)

    expect(await cancelled(stage, removal)).toMatchObject({ vendorJob: 'unknown' })
    expect((await stage.deps.ledger.credits.balance(project)).reservedMillicredits).toBeGreaterThan(0)
  })

  it('after its job ended leaves none', async () => {
    const stage = await aStage()

    expect(await cancelled(stage, await aCompleted(stage))).toMatchObject({ vendorJob: 'none' })
  })
})

describe('a removal that is settled twice', () => {
  it('keeps its first document', async () => {
    const stage = await aStage()
    const removal = await anUploaded(stage)
    const first = await settle(stage, removal, { state: 'cancelled' })

    expect(await settle(stage, removal, { state: 'failed' })).toEqual(first)
  })
})

describe('a removal that was never recorded', () => {
  it('has no document', async () => {
    const { activities } = await aStage()

    expect(await runActivity(activities.settleRemoval, { removalId: 'rm_unknown', ...ENDED })).toBeNull()
  })
})
