import { describe, expect, it } from 'vitest'
import { ALWAYS, answer, executeLater, loseReply, resetBefore } from '../../sandbox/index.ts'
import { aDrafted } from './support/bought-so-far.ts'
import { runActivity } from './support/run-activity.ts'
import { useStages } from './support/stage.ts'
import { failedStart, start, WAITING, WINDOW_MS } from './support/starts.ts'

const aStage = useStages()

describe('a start whose reply was lost', () => {
  it('is found by looking', async () => {
    const stage = await aStage({ faults: [loseReply('start')] })
    const removal = await aDrafted(stage)

    expect(await failedStart(stage, removal)).toMatchObject({ ...WAITING, nextRetryDelay: 2_000 })
    await start(stage, removal)

    expect(stage.sandbox.report()).toMatchObject({ jobsBought: 1, requests: { start: 1 } })
  })

  it('is looked for although the breakers of other calls are open', async () => {
    const stage = await aStage({
      faults: [loseReply('start'), answer('status', 503, { occurrence: { from: 1, to: 10 } })],
    })
    const removal = await aDrafted(stage)
    await failedStart(stage, removal)
    const poll = () => runActivity(() => stage.deps.vendor.current.getJob(removal.vendorJobId), undefined)
    for (let failed = 0; failed < 10; failed += 1) await poll().catch(() => {})
    await expect(poll()).rejects.toMatchObject({ kind: 'CircuitOpen' })

    await start(stage, removal)

    expect(stage.sandbox.report()).toMatchObject({ jobsBought: 1 })
  })
})

describe('a start that the vendor carries out after its 504', () => {
  it('is waited for and not repeated', async () => {
    const stage = await aStage({ faults: [executeLater('start', { afterMs: 150 })] })
    const removal = await aDrafted(stage)
    expect(await failedStart(stage, removal)).toMatchObject(WAITING)

    await expect.poll(() => stage.sandbox.report().jobsBought).toBe(1)
    await start(stage, removal)

    expect(stage.sandbox.report()).toMatchObject({ jobsBought: 1, requests: { start: 1 } })
  })
})

describe('a start that never reached the vendor', () => {
  it('is sent once more after the window, on the same draft', async () => {
    const stage = await aStage({ faults: [resetBefore('start')] })
    const removal = await aDrafted(stage)
    await failedStart(stage, removal)
    expect(await failedStart(stage, removal)).toMatchObject(WAITING)

    stage.pass(WINDOW_MS)
    await start(stage, removal)

    expect(stage.sandbox.report()).toMatchObject({ jobsBought: 1, drafts: 1, requests: { start: 2 } })
  })

  it('is not sent a third time: a person is asked', async () => {
    const stage = await aStage({ faults: [resetBefore('start', { occurrence: ALWAYS })] })
    const removal = await aDrafted(stage)
    await failedStart(stage, removal)
    stage.pass(WINDOW_MS)
    expect(await failedStart(stage, removal)).toMatchObject(WAITING)
    stage.pass(WINDOW_MS)

    const failure = await failedStart(stage, removal)

    expect(failure).toMatchObject({
      type: 'UnknownOutcome',
      nonRetryable: true,
      context: { startUnclear: true },
    })
    expect(failure.document).toMatchObject({
      vendorJobId: removal.vendorJobId,
      hint: expect.stringContaining('--as not-started'),
    })
    expect(stage.sandbox.report().requests).toMatchObject({ start: 2 })
  })
})

describe('a start in doubt of a draft that was shown as pending', () => {
  it('ends as unknown without a repeat, and goes on by the answer of a person', async () => {
    const stage = await aStage({ modes: { draftShownAs: 'pending' }, faults: [resetBefore('start')] })
    const removal = await aDrafted(stage)
    await failedStart(stage, removal)
    stage.pass(WINDOW_MS)
    expect(await failedStart(stage, removal)).toMatchObject({ type: 'UnknownOutcome' })
    expect(stage.sandbox.report().requests).toMatchObject({ start: 1 })

    const answered = { ...removal, answer: { number: 1, as: 'not-started' as const } }
    await start(stage, answered)
    await start(stage, answered)

    expect(stage.sandbox.report()).toMatchObject({ jobsBought: 1, requests: { start: 2 } })
  })
})
