import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { loseReply } from '../../sandbox/index.ts'
import { aCompleted, aDrafted } from './support/bought-so-far.ts'
import { failureOf, runActivity } from './support/run-activity.ts'
import type { Stage } from './support/stage.ts'
import { useStages } from './support/stage.ts'

const aStage = useStages()

interface Kept {
  key: string
  content: string
  exchange: { operation: string; status: number | null; error: string | null; url: string }
}

async function exchangesOf({ deps }: Stage, removalId: string): Promise<Kept[]> {
  const kept: Kept[] = []
  for await (const key of deps.storage.list(`exchanges/${removalId}`)) {
    const content = await text(await deps.storage.read(key))
    kept.push({ key, content, exchange: JSON.parse(content) })
  }
  return kept.toSorted((left, right) => (left.key < right.key ? -1 : 1))
}

describe('a removal that was bought and collected', () => {
  it('has one file for each call about it, in their order', async () => {
    const stage = await aStage()
    const removal = await aCompleted(stage)
    await runActivity(stage.activities.retrieveOutput, { ...removal, wantsAlpha: true, durationSeconds: 3 })

    const kept = await exchangesOf(stage, removal.removalId)

    const operations = kept.map(({ exchange }) => exchange.operation)
    expect(operations.slice(0, 4)).toEqual(['upload', 'createDraft', 'getJob', 'startJob'])
    const { upload = 0, create = 0, draft = 0, start = 0, status = 0 } = stage.sandbox.report().requests
    expect(kept).toHaveLength(upload + create + draft + start + status)
  })

  it('has neither the key nor any query string in them', async () => {
    const stage = await aStage()
    const removal = await aCompleted(stage)
    await runActivity(stage.activities.retrieveOutput, { ...removal, wantsAlpha: true, durationSeconds: 3 })

    for (const { content, exchange } of await exchangesOf(stage, removal.removalId)) {
      expect(content).not.toContain(stage.sandbox.keys[0])
      expect(content).not.toMatch(/https?:[^"\s]*\?/)
      expect(exchange.url).not.toContain('?')
    }
  })
})

describe('a call without an answer', () => {
  it('is kept as well, with what is known of it', async () => {
    const stage = await aStage({ faults: [loseReply('start')] })
    const removal = await aDrafted(stage)
    await failureOf(stage.activities.startVendorJob, removal)

    const last = (await exchangesOf(stage, removal.removalId)).at(-1)

    expect(last?.exchange).toMatchObject({
      operation: 'startJob',
      status: null,
      error: expect.stringContaining('no answer'),
    })
  })
})

describe('a storage that takes no exchanges', () => {
  it('does not lose a start that was bought', async () => {
    const stage = await aStage()
    const removal = await aDrafted(stage)
    const write = stage.deps.storage.write
    stage.deps.storage.write = (key, ...rest) =>
      key.startsWith('exchanges/') ? Promise.reject(new Error('disk full')) : write(key, ...rest)

    await runActivity(stage.activities.startVendorJob, removal)

    expect(stage.sandbox.report()).toMatchObject({ jobsBought: 1 })
    expect(await stage.deps.ledger.vendorJobs.find(removal)).toMatchObject({ startedAt: expect.any(Date) })
  })
})
