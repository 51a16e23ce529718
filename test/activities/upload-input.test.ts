import type { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { answer, loseReply, notJson, rateLimit } from '../../sandbox/index.ts'
import { clip } from '../support/clips.ts'
import { failureOf, runActivity } from './support/run-activity.ts'
import type { Stage } from './support/stage.ts'
import { aStagedRequest, LABELS, useStages } from './support/stage.ts'

const aStage = useStages()

async function anAdmitted(stage: Stage) {
  const input = await aStagedRequest(stage)
  await runActivity(stage.activities.admitRemoval, input)
  return { removalId: input.removalId, labels: LABELS, fresh: false }
}

describe('a staged input', () => {
  it('is sent to the vendor whole, and its URL stays in the ledger', async () => {
    const stage = await aStage()
    const removal = await anAdmitted(stage)

    const result = await runActivity(stage.activities.uploadInput, removal)

    const record = await stage.deps.ledger.removals.find(removal.removalId)
    expect(result).toEqual({ sizeBytes: record?.inputBytes })
    expect(record?.videoUrl).toContain(stage.sandbox.url)
    expect(JSON.stringify(result)).not.toContain('http')
    expect(stage.sandbox.report().uploads).toBe(1)
  })

  it('is sent once, however often the activity runs, unless a fresh upload is wanted', async () => {
    const stage = await aStage()
    const removal = await anAdmitted(stage)
    await runActivity(stage.activities.uploadInput, removal)

    await runActivity(stage.activities.uploadInput, removal, { attempt: 2 })
    expect(stage.sandbox.report().requests).toMatchObject({ upload: 1 })

    await runActivity(stage.activities.uploadInput, { ...removal, fresh: true })
    expect(stage.sandbox.report().requests).toMatchObject({ upload: 2 })
  })

  it('is sent with heartbeats that count its bytes', async () => {
    const stage = await aStage()
    const removal = await anAdmitted(stage)
    const beats: unknown[] = []

    const { sizeBytes } = await runActivity(stage.activities.uploadInput, removal, {
      watch: (environment) => environment.on('heartbeat', (beat: unknown) => beats.push(beat)),
    })

    expect(beats.at(-1)).toMatchObject({ bytes: sizeBytes, totalBytes: sizeBytes })
  })
})

describe('an upload that fails', () => {
  it.each([
    ['VendorUnavailable', false, loseReply('upload')],
    ['VendorUnavailable', false, answer('upload', 500)],
    ['ContractViolation', false, notJson('upload')],
    ['RateLimited', false, rateLimit('upload', { retryAfter: 3 })],
    ['CredentialsRejected', true, answer('upload', 401)],
    ['InvalidRequest', true, answer('upload', 400)],
  ])('as %s (for good: %s) says so, and works the next time', async (type, nonRetryable, fault) => {
    const stage = await aStage({ faults: [fault] })
    const removal = await anAdmitted(stage)

    const failure = await failureOf(stage.activities.uploadInput, removal, { attempt: 2 })

    expect(failure).toMatchObject({ type, nonRetryable, document: { kind: type, attempts: 2 } })
    if (type === 'RateLimited') expect(failure.nextRetryDelay).toBe(3_000)
    await runActivity(stage.activities.uploadInput, removal, { attempt: 3 })
    expect(stage.sandbox.report().uploads).toBeGreaterThan(0)
  })

  it('leaves no input open, sent or not', async () => {
    const stage = await aStage({ faults: [answer('upload', 500, { occurrence: { from: 1 } })] })
    const removal = await anAdmitted(stage)
    const { storage } = stage.deps
    const bodies: Readable[] = []
    stage.deps.storage = {
      ...storage,
      async read(key, options) {
        const body = await storage.read(key, options)
        bodies.push(body)
        return body
      },
    }

    const kinds: (string | null | undefined)[] = []
    while (kinds.at(-1) !== 'CircuitOpen')
      kinds.push((await failureOf(stage.activities.uploadInput, removal)).type)

    expect(kinds.length).toBeGreaterThan(1)
    expect(bodies.map(({ destroyed }) => destroyed)).toEqual(kinds.map(() => true))
  })

  it('for longer than the outage budget is not repeated', async () => {
    const stage = await aStage({ faults: [answer('upload', 500, { occurrence: { from: 1 } })] })
    const removal = await anAdmitted(stage)
    let beat: unknown
    const watch = {
      watch: (environment: NodeJS.EventEmitter) => environment.on('heartbeat', (details) => (beat = details)),
    }

    expect(await failureOf(stage.activities.uploadInput, removal, watch)).toMatchObject({
      nonRetryable: false,
    })
    stage.pass(stage.deps.settings.outageBudgetMs)

    const last = await failureOf(stage.activities.uploadInput, removal, {
      attempt: 2,
      heartbeatDetails: beat,
    })
    expect(last).toMatchObject({ type: 'VendorUnavailable', nonRetryable: true })
  })

  it('for want of the staged file is an outage of ours', async () => {
    const stage = await aStage()
    const removal = await anAdmitted(stage)
    await stage.deps.storage.removeAll(`inputs/${removal.removalId}`)

    expect(await failureOf(stage.activities.uploadInput, removal)).toMatchObject({
      type: 'PlatformUnavailable',
      message: expect.stringContaining((await clip('green')).split('/').at(-1) ?? ''),
    })
    expect(stage.sandbox.report().requests.upload).toBeUndefined()
  })
})
