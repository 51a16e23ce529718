import { describe, expect, it } from 'vitest'
import { loseReply, resetBefore } from '../../sandbox/index.ts'
import { aDrafted, anUploaded, draftInput } from './support/bought-so-far.ts'
import { failureOf, runActivity } from './support/run-activity.ts'
import type { Stage } from './support/stage.ts'
import { useStages } from './support/stage.ts'
import { failedStart, recordedStart, start, WAITING, WINDOW_MS } from './support/starts.ts'

const aStage = useStages()

type Drafted = Awaited<ReturnType<typeof aDrafted>>

/** What a backup from before the start lacks. */
async function forgetTheIntent({ deps }: Stage, removal: Drafted): Promise<void> {
  const { startIntendedAt } = (await deps.ledger.vendorJobs.find(removal))!
  await deps.ledger.vendorJobs.withdrawIntent(removal, startIntendedAt ?? new Date(0))
}

describe('a ledger that was restored from before a start', () => {
  it('do not have it sent again: the storage has kept that it was about to be sent', async () => {
    const stage = await aStage({ faults: [loseReply('start')] })
    const removal = await aDrafted(stage)
    await failedStart(stage, removal)
    await forgetTheIntent(stage, removal)

    await start(stage, removal)

    expect(stage.sandbox.report()).toMatchObject({ jobsBought: 1, requests: { start: 1 } })
  })

  it('have it looked at for the whole window where it had no effect', async () => {
    const stage = await aStage({ faults: [resetBefore('start')] })
    const removal = await aDrafted(stage)
    await failedStart(stage, removal)
    await forgetTheIntent(stage, removal)

    expect(await failedStart(stage, removal)).toMatchObject(WAITING)
    expect(stage.sandbox.report().requests.start).toBe(1)
    stage.pass(WINDOW_MS)
    await start(stage, removal)

    expect(stage.sandbox.report()).toMatchObject({ jobsBought: 1, drafts: 1, requests: { start: 2 } })
  })
})

describe('a ledger that was restored from before a draft that was started', () => {
  it('get the same draft back, and its start is looked at', async () => {
    const stage = await aStage({ faults: [loseReply('start')] })
    const removal = await aDrafted(stage)
    await failedStart(stage, removal)
    await forgetTheIntent(stage, removal)
    await stage.deps.ledger.vendorJobs.dropDraft(removal)

    const draft = await runActivity(stage.activities.createVendorJob, draftInput(removal))
    await start(stage, removal)

    expect(draft.vendorJobId).toBe(removal.vendorJobId)
    expect(await recordedStart(stage, removal)).toMatchObject({ startedAt: expect.any(Number) })
    expect(stage.sandbox.report()).toMatchObject({ jobsBought: 1, drafts: 1, requests: { start: 1 } })
  })

  it('prefer it to the older draft that they have', async () => {
    const stage = await aStage({ faults: [loseReply('start')] })
    const older = await aDrafted(stage)
    const fresh = { ...draftInput(older), fresh: true }
    const { vendorJobId } = await runActivity(stage.activities.createVendorJob, fresh)
    const record = (await stage.deps.ledger.vendorJobs.find(older))!
    await failedStart(stage, { ...older, vendorJobId })
    await forgetTheIntent(stage, older)
    await stage.deps.ledger.vendorJobs.dropDraft(older)
    await stage.deps.ledger.vendorJobs.recordDraft({ ...record, vendorJobId: older.vendorJobId })

    expect(await runActivity(stage.activities.createVendorJob, draftInput(older))).toMatchObject({
      vendorJobId,
    })
  })

  it('are said to lack it by every activity that needs it', async () => {
    const stage = await aStage()
    const removal = await aDrafted(stage)
    await stage.deps.ledger.vendorJobs.dropDraft(removal)

    expect(await failedStart(stage, removal)).toMatchObject({
      type: 'PlatformUnavailable',
      nonRetryable: true,
      context: { recordsLost: true },
    })
  })
})

describe('a ledger that was restored from before a removal', () => {
  it('are said to lack it', async () => {
    const stage = await aStage()
    const removal = await anUploaded(stage)

    const failure = await failureOf(stage.activities.uploadInput, {
      ...removal,
      removalId: 'rm_forgotten',
      fresh: false,
    })

    expect(failure).toMatchObject({ nonRetryable: true, context: { recordsLost: true } })
  })
})

describe('a start that a person said was not started', () => {
  it('is sent again, whatever the storage has kept of the first', async () => {
    const stage = await aStage({ faults: [resetBefore('start')] })
    const removal = await aDrafted(stage)
    await failedStart(stage, removal)

    await start(stage, { ...removal, answer: { number: 1, as: 'not-started' } })

    expect(stage.sandbox.report()).toMatchObject({ jobsBought: 1, requests: { start: 2 } })
  })
})
