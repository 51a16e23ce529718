import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import * as faults from '../../sandbox/index.ts'
import { probeVideo } from '../../sandbox/media/input/probe-video.ts'
import { paintClip, useFolder } from './support/clips.ts'
import { framesWithAlpha, parted } from './support/frames-with-alpha.ts'
import { useSandbox } from './support/use-sandbox.ts'
import { collect } from './support/vendor-client.ts'

const TOOLS = { ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', signal: new AbortController().signal }
const folder = useFolder()
const start = useSandbox(() => join(folder(), 'renders'))
let clip = ''
beforeAll(async () => {
  clip = await paintClip(join(folder(), 'clip.mp4'), { screen: '0x00B140' })
})

describe('a lost reply', () => {
  it.each([
    ['after the work', faults.loseReply('start'), 1],
    ['after the headers', faults.loseReply('start', { after: 'headers' }), 0],
    ['before the work', faults.resetBefore('start'), 0],
  ])('to a start, %s', async (_when, fault, purchases) => {
    const { vendor, sandbox } = await start({ faults: [fault] })
    const id = await vendor.draft(clip)

    await expect(vendor.start(id)).rejects.toThrow()

    expect(sandbox.report().jobsBought).toBe(purchases)
  })

  it('of an upload or a create leaves what was made', async () => {
    const { vendor, sandbox } = await start({
      faults: [faults.loseReply('upload'), faults.loseReply('create')],
    })

    await expect(vendor.upload(clip)).rejects.toThrow()
    await expect(vendor.draft(clip)).rejects.toThrow()

    expect(sandbox.report()).toMatchObject({ uploads: 2, orphanDrafts: 1 })
  })
})

describe('a call that is not answered', () => {
  it('hangs until the caller gives up', async () => {
    const { sandbox } = await start({ faults: [faults.hang('pricing')] })
    const signal = AbortSignal.timeout(200)

    await expect(fetch(`${sandbox.url}/api/pricing`, { signal })).rejects.toThrow(/timeout|aborted/i)
  })

  it('comes late', async () => {
    const { sandbox } = await start({ faults: [faults.delay('pricing', 150)] })
    const before = performance.now()

    expect((await fetch(`${sandbox.url}/api/pricing`)).status).toBe(200)
    expect(performance.now() - before).toBeGreaterThan(140)
  })
})

describe('a scripted answer', () => {
  it.each([
    ['a 503', faults.answer('start', 503), 503, 0],
    ['a 503 after the work', faults.answer('start', 503, { when: 'after' }), 503, 1],
    ['a page of HTML', faults.answerHtml('start', 502), 502, 0],
    ['a 401', faults.answer('start', 401), 401, 0],
    ['a 403', faults.answer('start', 403), 403, 0],
    ['a 404', faults.answer('start', 404), 404, 0],
    ['a 409', faults.answer('start', 409), 409, 0],
    ['no credits', faults.refuseForCredits('start'), 402, 0],
    ['no credits by 403', faults.refuseForCredits('start', 403), 403, 0],
    ['a rate limit', faults.rateLimit('start', { retryAfter: 7 }), 429, 0],
    ['no JSON after the work', faults.notJson('start'), 200, 1],
    ['a time-out before the work', faults.executeLater('start', { afterMs: 60_000 }), 504, 0],
  ])('%s', async (_what, fault, status, purchases) => {
    const { vendor, sandbox } = await start({ faults: [fault] })
    const id = await vendor.draft(clip)

    expect((await vendor.start(id)).status).toBe(status)

    expect(sandbox.report().jobsBought).toBe(purchases)
  })

  it('strikes once unless told otherwise', async () => {
    const { sandbox } = await start({
      faults: [
        faults.answer('pricing', 503, { occurrence: 2 }),
        faults.answer('health', 500, { occurrence: faults.ALWAYS }),
      ],
    })
    const ask = async (path: string) => (await fetch(`${sandbox.url}${path}`)).status

    expect([await ask('/api/pricing'), await ask('/api/pricing'), await ask('/api/pricing')]).toEqual([
      200, 503, 200,
    ])
    expect([await ask('/health'), await ask('/health')]).toEqual([500, 500])
  })

  it.each([
    [7, '7'],
    ['soon', 'soon'],
    [new Date(0), 'Thu, 01 Jan 1970 00:00:00 GMT'],
  ])('says Retry-After %s', async (retryAfter, header) => {
    const { sandbox } = await start({ faults: [faults.rateLimit('pricing', { retryAfter })] })

    expect((await fetch(`${sandbox.url}/api/pricing`)).headers.get('retry-after')).toBe(header)
  })

  it('may come before the start it is about', async () => {
    const { vendor, sandbox } = await start({ faults: [faults.executeLater('start', { afterMs: 50 })] })
    const id = await vendor.draft(clip)

    expect((await vendor.start(id)).status).toBe(504)
    await expect.poll(() => sandbox.report().jobsBought, { timeout: 5_000 }).toBe(1)
  })
})

describe('JSON that went wrong', () => {
  it('breaks off, or lacks the id', async () => {
    const { sandbox } = await start({
      faults: [faults.brokenJson('create'), { ...faults.withoutId('create'), occurrence: 2 }],
    })
    const create = () =>
      fetch(`${sandbox.url}/v1/jobs`, {
        method: 'POST',
        headers: { 'x-api-key': sandbox.keys[0] ?? '', 'content-type': 'application/json' },
        body: JSON.stringify({ video_url: 'http://127.0.0.1:9/x.mp4', auto_start: false }),
      })

    const broken = await create()
    expect(broken.status).toBe(200)
    await expect(broken.json()).rejects.toThrow(SyntaxError)
    const nameless = await (await create()).json()
    expect(nameless).toMatchObject({ success: true })
    expect(nameless).not.toHaveProperty('id')
    expect(sandbox.report().drafts).toBe(2)
  })
})

describe('a job', () => {
  it('shows an unknown status for some polls', async () => {
    const { vendor } = await start({ faults: [faults.showStatus('warming_up', 2)] })
    const id = await vendor.draft(clip)
    await vendor.start(id)

    expect((await vendor.status(id)).json['status']).toBe('warming_up')
    expect((await vendor.status(id)).json['status']).toBe('warming_up')
    expect(await vendor.ended(id)).toMatchObject({ status: 'completed' })
  })

  it('shows progress that goes backwards', async () => {
    const { vendor } = await start({
      faults: [
        faults.show('draft', { progress: 90 }),
        faults.show('draft', { progress: 10 }, { occurrence: 2 }),
      ],
    })
    const id = await vendor.draft(clip)

    expect((await vendor.status(id)).json['progress']).toBe(90)
    expect((await vendor.status(id)).json['progress']).toBe(10)
  })

  it.each(['GPU lost', { code: 'oom' }])('fails with the error %o', async (error) => {
    const { vendor } = await start({ faults: [faults.failJob(error)] })

    expect(await vendor.process(clip)).toMatchObject({ status: 'failed', error })
  })

  it('never ends', async () => {
    const { vendor, sandbox } = await start({ faults: [faults.neverEnd()] })
    const id = await vendor.draft(clip)
    await vendor.start(id)

    await expect.poll(() => sandbox.report().jobs[0]?.durationSeconds).toBe(1)
    expect((await vendor.status(id)).json).toMatchObject({ status: 'processing', progress: 42 })
  })
})

describe('an output', () => {
  it.each([403, 404, 410] as const)('is dead once with %i', async (status) => {
    const { vendor } = await start({ faults: [faults.deadOutput(status)] })
    const { output_url } = await vendor.process(clip)

    expect((await fetch(output_url)).status).toBe(status)
    expect((await fetch(output_url)).status).toBe(200)
  })

  it('is cut against its announced length, and does not count as downloaded', async () => {
    const { vendor, sandbox } = await start({ faults: [faults.cutOutput()] })
    const { output_url } = await vendor.process(clip)

    const response = await fetch(output_url)
    await expect(response.arrayBuffer()).rejects.toThrow()

    expect(sandbox.report().outputsDownloaded).toEqual([])
  })

  it('is short, with nothing to see of it in the transfer', async () => {
    const { vendor, sandbox } = await start({ faults: [faults.shortOutput({ share: 0.25 })] })
    const job = await vendor.process(clip)
    const short = await collect(job)
    const whole = await collect(job)

    expect(short).toEqual(whole.subarray(0, Math.floor(whole.length / 4)))
    await expect.poll(() => sandbox.report().jobs[0]?.downloads).toBe(1)
  })

  it('is elsewhere', async () => {
    const { vendor } = await start({
      faults: [faults.foreignOutput('http://evil.test:81')],
    })
    const { output_url } = await vendor.process(clip)

    expect(new URL(output_url).host).toBe('evil.test:81')
  })

  it('redirects', async () => {
    const { vendor } = await start({ faults: [faults.redirectOutput('http://evil.test/x')] })
    const { output_url } = await vendor.process(clip)

    const reply = await fetch(output_url, { redirect: 'manual' })

    expect(reply.status).toBe(302)
    expect(reply.headers.get('location')).toBe('http://evil.test/x')
  })

  it.each(['no-alpha', 'opaque-matte', 'empty-matte'] as const)('has no matte under "%s"', async (flaw) => {
    const { vendor } = await start({ faults: [faults.otherOutput(flaw)] })
    const job = await vendor.process(clip)

    const flawed = await framesWithAlpha('webm', await collect(job), folder())
    const genuine = await framesWithAlpha('webm', await collect(job), folder())

    expect(parted(flawed)).toBe(0)
    expect(parted(genuine)).toBeGreaterThanOrEqual(3)
  })

  it('has another container', async () => {
    const { vendor } = await start({ faults: [faults.otherOutput('wrong-container')] })

    const output = await collect(await vendor.process(clip))

    expect(output.toString('latin1', 4, 8)).toBe('ftyp')
  })

  it('has half the length', async () => {
    const { vendor } = await start({ faults: [faults.otherOutput('wrong-length')] })
    const path = join(folder(), 'half.webm')

    await writeFile(path, await collect(await vendor.process(clip)))

    expect((await probeVideo(path, TOOLS)).durationSeconds).toBeCloseTo(0.5, 1)
  })
})

describe('the aim of a fault', () => {
  it('is one job', async () => {
    const { vendor } = await start({ faults: [faults.failJob('unlucky', { jobIndex: 2 })] })

    expect(await vendor.process(clip)).toMatchObject({ status: 'completed' })
    expect(await vendor.process(clip)).toMatchObject({ status: 'failed' })
  })

  it('is each job on its own', async () => {
    const { vendor } = await start({
      faults: [faults.answer('draft', 503, { perJob: true })],
    })
    const [one, two] = [await vendor.draft(clip), await vendor.draft(clip)]

    const seen: number[] = []
    for (const id of [one, two, one, two]) seen.push((await vendor.status(id)).status)
    expect(seen).toEqual([503, 503, 200, 200])
  })

  it('is every request about one input, until its faults are cleared', async () => {
    const { vendor, sandbox } = await start()
    const mine = join(folder(), 'mine.mp4')
    await writeFile(mine, await readFile(clip))
    sandbox.addFaults([
      { ...faults.answer('start', 503, { occurrence: faults.ALWAYS }), input: 'mine.mp4' },
      faults.answer('list', 500),
    ])
    const [other, id] = [await vendor.draft(clip), await vendor.draft(mine)]

    expect((await vendor.start(other)).status).toBe(200)
    expect((await vendor.start(id)).status).toBe(503)
    sandbox.clearFaults('mine.mp4')
    expect((await vendor.start(id)).status).toBe(200)
    expect((await vendor.send('GET', '/v1/jobs')).status).toBe(500)
    expect(sandbox.report().jobs.map(({ input }) => input)).toEqual(['clip.mp4', 'mine.mp4'])
  })

  it('may be an upload by its file name', async () => {
    const { vendor, sandbox } = await start({
      faults: [{ ...faults.answer('upload', 500), input: 'other.mp4' }],
    })
    const other = join(folder(), 'other.mp4')
    await writeFile(other, await readFile(clip))

    expect((await vendor.upload(clip)).status).toBe(200)
    expect((await vendor.upload(other)).status).toBe(500)
    expect(sandbox.report().uploads).toBe(1)
  })
})
