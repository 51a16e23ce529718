import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createActivities } from '../../activities/index.ts'
import { answer, delay, rateLimit, refuseForCredits, resetBefore } from '../../sandbox/index.ts'
import { aDrafted, aStarted } from './support/bought-so-far.ts'
import { failureOf, runActivity } from './support/run-activity.ts'
import type { Stage } from './support/stage.ts'
import { useStages } from './support/stage.ts'
import { failedStart, recordedStart, start, WAITING, WINDOW_MS } from './support/starts.ts'

const aStage = useStages()

describe('a draft that was never started', () => {
  it('is started, once, and the ledger knows it', async () => {
    const stage = await aStage()
    const removal = await aDrafted(stage)

    const { startedAtMs } = await start(stage, removal)

    expect(await recordedStart(stage, removal)).toMatchObject({ startedAt: startedAtMs })
    expect(stage.sandbox.report()).toMatchObject({ jobsBought: 1, requests: { start: 1 } })
  })

  it('has its intent in the ledger before the vendor sees the start', async () => {
    const stage = await aStage({ faults: [delay('start', 1_000)] })
    const removal = await aDrafted(stage)

    const starting = start(stage, removal)
    while (stage.sandbox.report().requests.start === undefined) await setImmediate()

    expect(await recordedStart(stage, removal)).toMatchObject({
      intendedAt: expect.any(Number),
      startedAt: null,
    })
    await starting
  })
})

describe('a start whose reply takes long', () => {
  it('hears of nothing by a heartbeat that could cut it off', async () => {
    const stage = await aStage({ faults: [delay('start', 4_000)] })
    const removal = await aDrafted(stage)
    const beats: unknown[] = []

    await runActivity(stage.activities.startVendorJob, removal, {
      watch: (environment) => environment.on('heartbeat', (beat) => beats.push(beat)),
    })

    expect(beats).toEqual([])
    expect(stage.sandbox.report()).toMatchObject({ jobsBought: 1 })
  })
})

describe('a start that is repeated after it was established', () => {
  it('sends nothing and gives the same moment', async () => {
    const stage = await aStage()
    const removal = await aDrafted(stage)
    const first = await start(stage, removal)

    expect(await start(stage, removal)).toMatchObject({ startedAtMs: first.startedAtMs })
    expect(stage.sandbox.report().requests).toMatchObject({ start: 1 })
  })
})

describe('two workers that start the same draft at once', () => {
  it('send one start', async () => {
    const stage = await aStage()
    const removal = await aDrafted(stage)

    const outcomes = await Promise.allSettled([
      start(stage, removal),
      start(stage, removal),
      start(stage, removal),
    ])

    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0)
    expect(stage.sandbox.report()).toMatchObject({ jobsBought: 1, requests: { start: 1 } })
  })
})

describe('a worker that dies between its intent and the reply', () => {
  it('leaves an intent, and the next attempt checks the status first', async () => {
    const stage = await aStage({ faults: [delay('start', 60_000, { when: 'after' })] })
    const removal = await aDrafted(stage)
    const dying = runActivity(stage.activities.startVendorJob, removal, {
      watch: (environment) => void killWhenStarted(stage, environment.cancel),
    })
    await expect(dying).rejects.toThrow()

    await start(stage, removal)

    expect(stage.sandbox.report()).toMatchObject({ jobsBought: 1, requests: { start: 1 } })
  })

  it('before anything was sent is followed by status checks for the whole window, then by one start', async () => {
    const stage = await aStage()
    const removal = await aDrafted(stage)
    await stage.deps.ledger.vendorJobs.intendStart(removal, new Date(await stage.deps.now()))

    expect(await failedStart(stage, removal)).toMatchObject(WAITING)
    expect(stage.sandbox.report().requests.start).toBeUndefined()
    stage.pass(WINDOW_MS)
    await start(stage, removal)

    expect(stage.sandbox.report()).toMatchObject({ jobsBought: 1, requests: { start: 1 } })
  })
})

describe('a start that the vendor refuses', () => {
  it.each([
    ['InsufficientCredits', true, refuseForCredits('start', 402)],
    ['InsufficientCredits', true, refuseForCredits('start', 400)],
    ['CredentialsRejected', true, answer('start', 401)],
    ['CredentialsRejected', true, answer('start', 403)],
    ['InvalidRequest', true, answer('start', 422)],
    ['RateLimited', false, rateLimit('start', { retryAfter: 7 })],
  ])('is %s (for good: %s), leaves no intent, and can be sent again', async (type, nonRetryable, fault) => {
    const stage = await aStage({ faults: [fault] })
    const removal = await aDrafted(stage)

    const failure = await failedStart(stage, removal)

    expect(failure).toMatchObject({ type, nonRetryable, context: { startUnclear: false } })
    if (type === 'RateLimited') expect(failure.nextRetryDelay).toBe(7_000)
    expect(await recordedStart(stage, removal)).toMatchObject({
      intendedAt: null,
      inDoubtAt: null,
      startedAt: null,
    })
    await start(stage, removal)
    expect(stage.sandbox.report()).toMatchObject({ jobsBought: 1 })
  })

  it.each([
    [422, 'StillWaiting'],
    [429, 'RateLimited'],
    [401, 'CredentialsRejected'],
    [403, 'CredentialsRejected'],
    [402, 'InsufficientCredits'],
  ])(
    'only when repeated keeps the first send in doubt, and gives the repeat back: %s',
    async (status, type) => {
      const stage = await aStage({
        faults: [resetBefore('start'), answer('start', status, { occurrence: 2 })],
      })
      const removal = await aDrafted(stage)
      await failedStart(stage, removal)
      await failedStart(stage, removal)
      stage.pass(WINDOW_MS)

      expect(await failedStart(stage, removal)).toMatchObject({ type, context: { startUnclear: true } })

      expect(await recordedStart(stage, removal)).toMatchObject({
        intendedAt: expect.any(Number),
        repeatedAt: null,
      })
      await start(stage, removal)
      expect(stage.sandbox.report()).toMatchObject({ jobsBought: 1, requests: { start: 3 } })
    },
  )
})

describe('a removal whose record is closed', () => {
  it('is sent nothing: not at its start, nor at any step before', async () => {
    const stage = await aStage()
    const removal = await aDrafted(stage)
    await stage.deps.ledger.removals.settle(removal.removalId, {
      ...{ state: 'cancelled', served: null, output: null, failure: null, temporal: null },
      finishedAt: new Date(await stage.deps.now()),
    })
    const before = stage.sandbox.report().requests
    const { activities } = stage
    const order = { model: 'human', outputFormat: 'webm', estimatedMillicredits: 2_250 } as const
    const prices = await stage.deps.prices()

    for (const failure of [
      await failedStart(stage, removal),
      await failureOf(activities.uploadInput, { ...removal, fresh: true }),
      await failureOf(activities.createVendorJob, { ...removal, ...order, purchase: 2, fresh: false }),
      await failureOf(activities.reserveCredits, {
        ...removal,
        ...{ purchase: 2, order, durationSeconds: 3, prices },
      }),
    ])
      expect(failure).toMatchObject({ nonRetryable: true, context: { recordsLost: true } })

    expect(stage.sandbox.report()).toMatchObject({ jobsBought: 0, requests: before })
  })

  it('is sent no repeat of a start in doubt either', async () => {
    const stage = await aStage({ faults: [resetBefore('start')] })
    const removal = await aDrafted(stage)
    await failedStart(stage, removal)
    await stage.deps.ledger.removals.settle(removal.removalId, {
      ...{ state: 'cancelled', served: null, output: null, failure: null, temporal: null },
      finishedAt: new Date(await stage.deps.now()),
    })
    stage.pass(WINDOW_MS)

    expect(await failedStart(stage, removal)).toMatchObject({ context: { recordsLost: true } })
    expect(stage.sandbox.report()).toMatchObject({ jobsBought: 0, requests: { start: 1 } })
  })
})

describe('a start that certainly was not sent', () => {
  it('leaves no intent', async () => {
    const stage = await aStage()
    const removal = await aDrafted(stage)
    await stage.sandbox.close()

    const failure = await failedStart(stage, removal)

    expect(failure).toMatchObject({
      type: 'VendorUnavailable',
      nonRetryable: false,
      context: { startUnclear: false },
    })
    expect(await recordedStart(stage, removal)).toMatchObject({ intendedAt: null, inDoubtAt: null })
  })
})

describe('a job of a key that is not configured any more', () => {
  it('is not started with another key, and keeps no intent', async () => {
    const stage = await aStage()
    const removal = await aDrafted(stage)
    const vendor = { ...stage.deps.vendor, byAlias: () => undefined }
    const { startVendorJob } = createActivities({ ...stage.deps, vendor })

    const failure = await failureOf(startVendorJob, removal)

    expect(failure).toMatchObject({ type: 'CredentialsRejected', nonRetryable: true })
    expect(failure.document?.hint).toContain('REMOVEBGVIDEO_RETIRED_KEYS')
    expect(await recordedStart(stage, removal)).toMatchObject({ intendedAt: null })
  })
})

describe('a job that was started', () => {
  it('has the request ids of its calls in the ledger, each once', async () => {
    const stage = await aStage()
    const removal = await aStarted(stage)

    const { requestIds } = (await stage.deps.ledger.vendorJobs.find(removal))!

    expect(requestIds.length).toBeGreaterThan(0)
    expect(new Set(requestIds).size).toBe(requestIds.length)
  })
})

/** What `kill -9` leaves behind: an attempt that ends where it stands. */
async function killWhenStarted({ sandbox }: Stage, kill: () => void): Promise<void> {
  while (sandbox.report().jobsBought === 0) await setImmediate()
  kill()
}
