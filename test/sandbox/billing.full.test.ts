import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { priceMillicredits } from '../../sandbox/state/billing.ts'
import { paintClip, useFolder } from './support/clips.ts'
import { useSandbox } from './support/use-sandbox.ts'

const folder = useFolder()
const start = useSandbox(() => join(folder(), 'renders'))
let clip = ''
beforeAll(async () => {
  clip = await paintClip(join(folder(), 'clip.mp4'), { screen: '0x00B140' })
})

describe('the price', () => {
  it.each([
    ['original', 60, 60_000],
    ['light', 60, 45_000],
    ['pro', 60, 180_000],
    ['human', 60, 45_000],
    ['original', 1, 1_000],
    ['light', 0.1, 75],
    ['light', 0.001, 1],
    ['light', 1.001, 751],
    ['pro', 3.337, 10_011],
  ] as const)('of %s over %d s is %d millicredits', (model, seconds, millicredits) => {
    expect(priceMillicredits(model, seconds)).toBe(millicredits)
  })

  it('stands in the public table', async () => {
    const { sandbox } = await start()

    expect(await (await fetch(`${sandbox.url}/api/pricing`)).json()).toMatchObject({
      model_pricing_credits_per_minute: { original: 60, light: 45, pro: 180, human: 45 },
    })
  })
})

describe('a bill', () => {
  it.each([
    ['original', 1_000],
    ['light', 750],
    ['pro', 3_000],
  ])('for a second of %s is %d millicredits', async (model, millicredits) => {
    const { vendor, sandbox } = await start()

    const job = await vendor.process(clip, { model })

    expect(job).toMatchObject({ duration_seconds: 1, billing_status: 'charged' })
    expect(sandbox.report().creditsBilledMillicredits).toBe(millicredits)
  })

  it('covers the preview only', async () => {
    const { vendor, sandbox } = await start()
    const id = await vendor.draft(clip)

    await vendor.start(id, { preview_duration: 0.4 })
    await vendor.ended(id)

    expect(sandbox.report().creditsBilledMillicredits).toBe(400)
  })

  it('is in the summary of its key', async () => {
    const { vendor } = await start()
    await vendor.process(clip)
    await vendor.draft(clip)

    expect((await vendor.send('GET', '/v1/usage/summary?days=7')).json).toMatchObject({
      days: 7,
      total_jobs: 1,
      completed_jobs: 1,
      failed_jobs: 0,
      credits_used: 1,
      daily: [{ jobs: 1, credits_used: 1 }],
    })
    const { json } = await vendor.send('GET', '/v1/usage/events?limit=100')
    expect(json['items']).toContainEqual(
      expect.objectContaining({ method: 'POST', path: '/v1/uploads', status_code: 200 }),
    )
  })
})

describe('a balance', () => {
  it.each([
    [1, 200],
    [0.999, 402],
  ])('of %d credits answers the start of a job of one credit with %i', async (credits, status) => {
    const { vendor, sandbox } = await start({ credits })
    const id = await vendor.draft(clip)

    expect((await vendor.start(id)).status).toBe(status)
    expect(sandbox.report().jobsBought).toBe(status === 200 ? 1 : 0)
  })

  it('goes down with each purchase, and can be filled up', async () => {
    const { vendor, sandbox } = await start({ credits: 1.5 })
    await vendor.process(clip)
    const id = await vendor.draft(clip)

    const refused = await vendor.start(id)
    sandbox.setCredits(1)

    expect(refused).toMatchObject({ status: 402, json: { error: { code: 'insufficient_credits' } } })
    expect((await vendor.start(id)).status).toBe(200)
  })
})

describe('a job that fails', () => {
  it('has no price when its input was never measured', async () => {
    const { vendor, sandbox } = await start()
    const path = join(folder(), 'broken.mp4')
    await writeFile(path, 'no video')

    expect(await vendor.process(path)).toMatchObject({ status: 'failed', billing_status: null })
    expect(sandbox.report()).toMatchObject({ jobsBought: 1, creditsBilledMillicredits: 0 })
  })
})
