import { describe, expect, it } from 'vitest'
import { createActivities } from '../../activities/index.ts'
import { neverEnd, resetBefore } from '../../sandbox/index.ts'
import { aDrafted, aStarted, waitInput } from './support/bought-so-far.ts'
import { failureOf } from './support/run-activity.ts'
import { useStages } from './support/stage.ts'
import { failedStart, recordedStart, start, WAITING, WINDOW_MS } from './support/starts.ts'

const aStage = useStages()
const HOUR_MS = 3_600_000

describe('a clock that jumps an hour ahead', () => {
  it('does not end the doubt window: the start is repeated when its time has really passed', async () => {
    const stage = await aStage({ faults: [resetBefore('start')] })
    const removal = await aDrafted(stage)
    await failedStart(stage, removal)

    stage.jump(HOUR_MS)
    expect(await failedStart(stage, removal)).toMatchObject(WAITING)
    expect(stage.sandbox.report().requests.start).toBe(1)

    stage.pass(WINDOW_MS)
    await start(stage, removal)
    expect(stage.sandbox.report()).toMatchObject({ jobsBought: 1, requests: { start: 2 } })
  })

  it('lets the polls of a job come no faster than once a second', async () => {
    const stage = await aStage({ faults: [neverEnd()] })
    const wait = waitInput(await aStarted(stage))
    stage.jump(2 * HOUR_MS)

    const { nextRetryDelay } = await failureOf(stage.activities.checkVendorJob, wait)

    expect(nextRetryDelay).toBeGreaterThanOrEqual(1_000)
  })
})

describe('a process that stood still between its intent and its send', () => {
  it('sends nothing: others may have concluded meanwhile that nothing was sent', async () => {
    const stage = await aStage()
    const removal = await aDrafted(stage)
    const { storage } = stage.deps
    const stalling: typeof storage = {
      ...storage,
      write(key, ...rest) {
        if (key.startsWith('starts/')) stage.pass(WINDOW_MS)
        return storage.write(key, ...rest)
      },
    }
    const { startVendorJob } = createActivities({ ...stage.deps, storage: stalling })

    expect(await failureOf(startVendorJob, removal)).toMatchObject(WAITING)

    expect(stage.sandbox.report().requests.start).toBeUndefined()
    expect(await recordedStart(stage, removal)).toMatchObject({ intendedAt: expect.any(Number) })
  })
})
