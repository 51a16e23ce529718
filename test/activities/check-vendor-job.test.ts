import { ApplicationFailureCategory } from '@temporalio/common'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { WaitHeartbeat } from '../../domain/outage.ts'
import { NO_OUTAGE } from '../../domain/outage.ts'
import { ALWAYS, answer, failJob, neverEnd, rateLimit, show } from '../../sandbox/index.ts'
import { aDrafted, aStarted, waitForEnd, waitInput } from './support/bought-so-far.ts'
import type { Attempt } from './support/run-activity.ts'
import { failureOf, runActivity } from './support/run-activity.ts'
import type { Stage, StageOptions } from './support/stage.ts'
import { useStages } from './support/stage.ts'

const aStage = useStages()

type Removal = Awaited<ReturnType<typeof aStarted>>

const BENIGN = { type: 'StillWaiting', category: ApplicationFailureCategory.BENIGN, nonRetryable: false }

/** One look at a removal, with what the one before left behind. */
async function look(
  { activities }: Stage,
  removal: Removal,
  {
    before,
    attempt: number = 1,
    ...input
  }: Partial<ReturnType<typeof waitInput>> & { before?: Partial<WaitHeartbeat>; attempt?: number } = {},
) {
  const beats: WaitHeartbeat[] = []
  const attempt: Attempt = {
    attempt: number,
    heartbeatDetails: before,
    watch: (environment) => environment.on('heartbeat', (beat: WaitHeartbeat) => beats.push(beat)),
  }
  const asked = { ...waitInput(removal), ...input }
  const failure = await failureOf<typeof asked>(activities.checkVendorJob as never, asked, attempt)
  return { ...failure, beat: beats.at(-1) }
}

async function aRunning(options: StageOptions = {}): Promise<[Stage, Removal]> {
  const stage = await aStage({ ...options, faults: [neverEnd(), ...(options.faults ?? [])] })
  return [stage, await aStarted(stage)]
}

describe('a vendor job that runs', () => {
  it('is waited for benignly, its progress on the heartbeat', async () => {
    const [stage, removal] = await aRunning({ faults: [show('status', { progress: 40 })] })

    const { beat, ...failure } = await look(stage, removal)

    expect(failure).toMatchObject({ ...BENIGN, message: expect.stringContaining('processing, 40 %') })
    expect(beat).toEqual({
      progress: 40,
      vendorState: 'processing',
      processingSince: expect.any(Number),
      ...NO_OUTAGE,
    })
  })

  it('is looked at within 10 s again, and never after the deadline', async () => {
    const [stage, removal] = await aRunning()

    const usual = await look(stage, removal)
    const late = await look(stage, removal, { deadlineAtMs: (await stage.deps.now()) + 700 })

    expect(usual.nextRetryDelay).toBeLessThanOrEqual(10_000)
    expect(usual.nextRetryDelay).toBeGreaterThanOrEqual(1_000)
    expect(late.nextRetryDelay).toBeLessThanOrEqual(700)
  })

  it('keeps being waited for while its status is a word nobody knows', async () => {
    const [stage, removal] = await aRunning({ faults: [show('status', { status: 'polishing' })] })

    expect(await look(stage, removal)).toMatchObject({ ...BENIGN, beat: { vendorState: 'polishing' } })
  })
})

describe('a vendor job that is done', () => {
  it('ends the wait, its figures in the ledger, also when looked at twice', async () => {
    const stage = await aStage()
    const removal = await aStarted(stage)

    expect(await waitForEnd(stage, removal)).toMatchObject({ vendorState: 'completed' })
    const first = await stage.deps.ledger.vendorJobs.find(removal)
    expect(await waitForEnd(stage, removal)).toMatchObject({ vendorState: 'completed' })

    expect(first).toMatchObject({
      finalStatus: 'completed',
      chargedMillicredits: 2_250,
      billingStatus: expect.any(String),
    })
    expect(stage.sandbox.report().creditsBilledMillicredits).toBe(first?.chargedMillicredits)
  })

  it('that tells no length counts as charged what was estimated', async () => {
    const stage = await aStage({ modes: { durationReported: false } })
    const removal = await aStarted(stage)

    await waitForEnd(stage, removal)

    expect(await stage.deps.ledger.vendorJobs.find(removal)).toMatchObject({
      durationSeconds: null,
      chargedMillicredits: 2_250,
    })
  })
})

describe('a vendor job that failed', () => {
  it('is a failed processing with the job in it, and counts as charged', async () => {
    const stage = await aStage({ faults: [failJob('GPU worker lost')] })
    const removal = await aStarted(stage)

    const failure = await look(stage, removal)

    expect(failure).toMatchObject({
      type: 'ProcessingFailed',
      nonRetryable: true,
      document: { vendorJobId: removal.vendorJobId, message: expect.stringContaining('GPU worker lost') },
    })
    expect(await stage.deps.ledger.vendorJobs.find(removal)).toMatchObject({
      finalStatus: 'failed',
      error: 'GPU worker lost',
      chargedMillicredits: expect.any(Number),
    })
  })

  it('for want of credits is that', async () => {
    const stage = await aStage({ faults: [failJob({ code: 'insufficient_credits', message: 'empty' })] })

    expect(await look(stage, await aStarted(stage))).toMatchObject({ type: 'InsufficientCredits' })
  })
})

describe('a look that fails', () => {
  it.each([
    ['VendorUnavailable', false, answer('status', 503)],
    ['RateLimited', false, rateLimit('status', { retryAfter: 5 })],
    ['ContractViolation', false, show('status', { status: 7 })],
    ['CredentialsRejected', true, answer('status', 401)],
  ])('as %s (for good: %s) is counted from attempt to attempt', async (type, nonRetryable, fault) => {
    const [stage, removal] = await aRunning({ faults: [fault] })
    const before = {
      progress: 30,
      failuresInARow: 2,
      failingSince: Date.now() - 5_000,
      vendorState: 'processing',
    }

    const failure = await look(stage, removal, { before })

    expect(failure).toMatchObject({ type, nonRetryable, beat: { ...before, failuresInARow: 3 } })
    if (type === 'RateLimited') expect(failure.nextRetryDelay).toBe(5_000)
    if (type === 'VendorUnavailable') expect(failure.nextRetryDelay).toBeGreaterThanOrEqual(4_000)
  })

  it('for longer than the outage budget is not repeated', async () => {
    const [stage, removal] = await aRunning({ faults: [answer('status', 503)] })
    const failingSince = (await stage.deps.now()) - stage.deps.settings.outageBudgetMs

    expect(
      await look(stage, removal, {
        before: { progress: null, failuresInARow: 9, failingSince, vendorState: null },
      }),
    ).toMatchObject({ type: 'VendorUnavailable', nonRetryable: true })
  })

  it('is forgotten after one that works', async () => {
    const [stage, removal] = await aRunning({ faults: [answer('status', 503)] })
    const failed = await look(stage, removal)

    const { beat } = await look(stage, removal, { before: failed.beat! })

    expect(beat).toMatchObject({ failuresInARow: 0, failingSince: null })
  })
})

describe('a stray bug of ours after many polls', () => {
  it('is repeated, and called one only when it came three times in a row', async () => {
    const [stage, removal] = await aRunning()
    const { ledger } = stage.deps
    const find = ledger.vendorJobs.find
    ledger.vendorJobs.find = async () => {
      throw new TypeError('a stray bug')
    }
    onTestFinished(() => void (ledger.vendorJobs.find = find))
    let before: Partial<WaitHeartbeat> = { progress: 90, vendorState: 'processing', ...NO_OUTAGE }

    const seen = []
    for (let times = 0; times < 3; times += 1) {
      const failure = await look(stage, removal, { before, attempt: 60 + times })
      seen.push(failure)
      before = failure.beat ?? {}
    }

    expect(seen.map(({ type, nonRetryable }) => [type, nonRetryable])).toEqual([
      ['Unexpected', false],
      ['Unexpected', false],
      ['Unexpected', true],
    ])
    expect(seen[0]?.beat).toMatchObject({ progress: 90, failuresInARow: 1, lastKind: 'Unexpected' })
  })
})

describe('a started job that the vendor denies', () => {
  it('is waited for within the grace, and then named', async () => {
    const [stage, removal] = await aRunning({ faults: [answer('status', 404, { occurrence: ALWAYS })] })

    expect(await look(stage, removal)).toMatchObject({ ...BENIGN, nextRetryDelay: 2_000 })
    stage.pass(31_000)

    expect(await look(stage, removal)).toMatchObject({
      type: 'JobNotVisible',
      nonRetryable: true,
      document: { vendorJobId: removal.vendorJobId },
    })
  })
})

describe('the watch over a parked removal', () => {
  it('goes on through every failure', async () => {
    const [stage, removal] = await aRunning({
      faults: [answer('status', 401), answer('status', 500, { occurrence: 2 })],
    })

    for (let looks = 0; looks < 3; looks += 1)
      expect(await look(stage, removal, { until: 'watch' as never })).toMatchObject({
        ...BENIGN,
        nextRetryDelay: 15_000,
      })
  })

  it('ends with the job', async () => {
    const stage = await aStage()
    const removal = await aStarted(stage)
    await waitForEnd(stage, removal)

    expect(
      await runActivity(stage.activities.checkVendorJob, { ...waitInput(removal), until: 'watch' as const }),
    ).toMatchObject({ vendorState: 'completed' })
  })
})

describe('the watch over an unknown outcome', () => {
  const watch = (stage: Stage, removal: Removal) =>
    runActivity(stage.activities.checkVendorJob, { ...waitInput(removal), until: 'move' as const })

  it('ends when the job moves', async () => {
    const stage = await aStage({ modes: { draftShownAs: 'pending' }, faults: [neverEnd()] })
    const removal = await aDrafted(stage)
    await expect(watch(stage, removal)).rejects.toMatchObject({ type: 'StillWaiting' })

    await runActivity(stage.activities.startVendorJob, removal)

    expect(await watch(stage, removal)).toMatchObject({ vendorState: 'processing' })
  })

  it('does not take a draft under another name for a move', async () => {
    const stage = await aStage({ modes: { createReplyStatus: 'pending', draftShownAs: 'created' } })
    const removal = await aDrafted(stage)

    await expect(watch(stage, removal)).rejects.toMatchObject({ type: 'StillWaiting' })
  })
})
