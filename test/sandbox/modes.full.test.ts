import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { failJob } from '../../sandbox/index.ts'
import { paintClip, useFolder } from './support/clips.ts'
import { useSandbox } from './support/use-sandbox.ts'

const folder = useFolder()
const start = useSandbox(() => join(folder(), 'renders'))
let clip = ''
beforeAll(async () => {
  clip = await paintClip(join(folder(), 'clip.mp4'), { screen: '0x00B140' })
})

describe('a repeated start', () => {
  it.each([
    ['bills', 200, 2],
    ['conflict', 409, 1],
    ['ignored', 200, 1],
  ] as const)('under "%s" answers %i and leaves %i purchase(s)', async (repeatedStart, status, purchases) => {
    const { vendor, sandbox } = await start({ modes: { repeatedStart } })
    const id = await vendor.draft(clip)
    await vendor.start(id)

    expect((await vendor.start(id)).status).toBe(status)
    await vendor.ended(id)

    expect(sandbox.report()).toMatchObject({
      jobsBought: purchases,
      creditsBilledMillicredits: purchases * 1_000,
    })
  })
})

describe('a draft', () => {
  it.each([
    [{ draftShownAs: 'created' }, 'created', 'created'],
    [{ draftShownAs: 'pending' }, 'pending', 'pending'],
    [{ createReplyStatus: 'queued' }, 'queued', 'created'],
    [{ createReplyStatus: null }, undefined, 'created'],
  ] as const)('under %o shows %s at its create and %s later', async (modes, first, later) => {
    const { vendor } = await start({ modes })
    const { json } = await vendor.upload(clip)
    const created = await vendor.send('POST', '/v1/jobs', { video_url: json['video_url'], auto_start: false })

    expect(created.json['status']).toBe(first)
    expect((await vendor.status(created.json['id'])).json['status']).toBe(later)
  })
})

describe('modes of one input', () => {
  it('leave those of the others alone', async () => {
    const { vendor, sandbox } = await start()
    const other = await paintClip(join(folder(), 'other.mp4'), { screen: '0x00B140' })
    sandbox.setStartModes('other.mp4', { draftShownAs: 'pending', repeatedStart: 'conflict' })

    const [usual, own] = [await vendor.draft(clip), await vendor.draft(other)]
    expect((await vendor.status(usual)).json['status']).toBe('created')
    expect((await vendor.status(own)).json['status']).toBe('pending')

    await Promise.all([vendor.start(usual), vendor.start(own)])
    expect((await vendor.start(usual)).status).toBe(200)
    expect((await vendor.start(own)).status).toBe(409)
  })
})

describe('an accepted start', () => {
  it('is not seen for as long as the mode says', async () => {
    const { vendor, sandbox } = await start({ modes: { startVisibleAfterMs: 60_000 } })
    const id = await vendor.draft(clip)
    await vendor.start(id)

    expect((await vendor.status(id)).json).toMatchObject({ status: 'created', billing_status: null })
    expect(sandbox.report().jobsBought).toBe(1)
    sandbox.setModes({ startVisibleAfterMs: 0 })
    expect(await vendor.ended(id)).toMatchObject({ status: 'completed' })
  })

  it('takes the time of its model when it is not instant', async () => {
    const { vendor } = await start({ modes: { instant: false }, speed: 0.001 })
    const id = await vendor.draft(clip)
    await vendor.start(id)

    expect((await vendor.status(id)).json).toMatchObject({ status: 'processing', output_url: null })
  })
})

describe('a failed job', () => {
  it.each([
    [true, 'charged', 1_000],
    [false, 'refunded', 0],
  ])('under billFailed %o is %s', async (billFailed, billing_status, millicredits) => {
    const { vendor, sandbox } = await start({ modes: { billFailed }, faults: [failJob()] })

    expect(await vendor.process(clip)).toMatchObject({ status: 'failed', billing_status })
    expect(sandbox.report().creditsBilledMillicredits).toBe(millicredits)
  })
})

describe('a lack of credits', () => {
  it.each([400, 402, 403])('is told by %i', async (insufficientCreditsStatus) => {
    const { vendor } = await start({ modes: { insufficientCreditsStatus }, credits: 0 })
    const id = await vendor.draft(clip)

    expect(await vendor.start(id)).toMatchObject({
      status: insufficientCreditsStatus,
      json: { error: { code: 'insufficient_credits' } },
    })
  })

  it('may be noticed at the create', async () => {
    const { vendor } = await start({ modes: { insufficientCreditsAt: 'create' }, credits: 0 })
    const { json } = await vendor.upload(clip)

    const body = { video_url: json['video_url'], auto_start: false }
    expect((await vendor.send('POST', '/v1/jobs', body)).status).toBe(402)
  })
})

describe('a list', () => {
  it.each(['items', 'jobs', 'data'] as const)('comes in the envelope "%s"', async (listEnvelope) => {
    const { vendor } = await start({ modes: { listEnvelope } })
    const id = await vendor.draft(clip)

    expect((await vendor.send('GET', '/v1/jobs')).json).toMatchObject({ [listEnvelope]: [{ id }] })
  })
})

describe('an id', () => {
  it('may be called job_id', async () => {
    const { vendor } = await start({ modes: { idField: 'job_id' } })
    const { json } = await vendor.upload(clip)

    const body = { video_url: json['video_url'], auto_start: false }
    const reply = (await vendor.send('POST', '/v1/jobs', body)).json

    expect(reply['id']).toBeUndefined()
    expect((await vendor.status(reply['job_id'])).json['job_id']).toBe(reply['job_id'])
  })
})

describe('an error', () => {
  it.each([
    ['envelope', { error: { code: 'not_found', message: 'Job not found' } }],
    ['string', { error: 'Job not found' }],
    ['message', { message: 'Job not found' }],
    ['detail', { detail: [{ msg: 'Job not found' }] }],
    ['html', { text: expect.stringContaining('<html>') }],
  ] as const)('has the shape "%s"', async (errorShape, json) => {
    const { vendor } = await start({ modes: { errorShape } })

    expect(await vendor.status('nobody')).toMatchObject({ status: 404, json })
  })
})

describe('a finished job', () => {
  it('may keep its length to itself', async () => {
    const { vendor } = await start({ modes: { durationReported: false } })

    expect(await vendor.process(clip)).toMatchObject({ status: 'completed', duration_seconds: null })
  })
})
