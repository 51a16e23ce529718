import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { paintClip, useFolder } from './support/clips.ts'
import { useSandbox } from './support/use-sandbox.ts'
import type { VendorJson } from './support/vendor-client.ts'
import { createVendorClient } from './support/vendor-client.ts'

const folder = useFolder()
const start = useSandbox(() => join(folder(), 'renders'))
let clip = ''
beforeAll(async () => {
  clip = await paintClip(join(folder(), 'clip.mp4'), { screen: '0x00B140' })
})

describe('an upload', () => {
  it('gives an open URL of the same bytes', async () => {
    const { vendor } = await start()

    const { status, json, headers } = await vendor.upload(clip)
    const back = await fetch(json['video_url'])

    expect(status).toBe(200)
    expect(headers.get('x-request-id')).toMatch(/^req_/)
    expect(json).toMatchObject({ success: true, filename: 'clip.mp4', video_id: expect.any(String) })
    expect((await back.arrayBuffer()).byteLength).toBe(json['size'])
  })

  it('is refused when its type does not fit its name', async () => {
    const { vendor } = await start()

    expect(await vendor.upload(clip, 'video/webm')).toMatchObject({
      status: 400,
      json: { error: { code: 'invalid_request', request_id: expect.stringMatching(/^req_/) } },
    })
  })

  it('is refused when it is no multipart form', async () => {
    const { vendor } = await start()

    expect((await vendor.send('POST', '/v1/uploads', {})).status).toBe(400)
  })
})

describe('a create', () => {
  const video_url = 'http://127.0.0.1:9/clip.mp4'

  it.each([
    ['no video', {}],
    ['an unknown field', { video_url, colour: 'red' }],
    ['an unknown model', { video_url, model: 'best' }],
    ['an unknown format', { video_url, output_format: 'avi' }],
    ['a prompt without pro', { video_url, text_prompt: 'the dog' }],
    ['a transparent mp4', { video_url, output_format: 'mp4', bg_type: 'transparent' }],
    ['two backgrounds', { video_url, bg_type: 'white', background: { type: 'transparent' } }],
    ['a colour out of range', { video_url, bg_type: 'custom', bg_color: [0, 0, 255] }],
    ['a custom background without its colour', { video_url, bg_type: 'custom' }],
  ])('is refused with %s', async (_what, body) => {
    const { vendor, sandbox } = await start()

    const reply = await vendor.send('POST', '/v1/jobs', body)

    expect(reply).toMatchObject({ status: 400, json: { error: { code: 'invalid_request' } } })
    expect(sandbox.report().drafts).toBe(0)
  })

  it('starts and bills at once unless it is told not to', async () => {
    const { vendor, sandbox } = await start()
    const { json } = await vendor.upload(clip)

    const reply = await vendor.send('POST', '/v1/jobs', { video_url: json['video_url'] })

    expect(reply.json).toMatchObject({ success: true, status: 'processing' })
    expect(sandbox.report()).toMatchObject({ startsAccepted: 1, jobsBought: 1 })
  })

  it('of a draft costs nothing', async () => {
    const { vendor, sandbox } = await start()

    const id = await vendor.draft(clip)

    expect((await vendor.status(id)).json).toMatchObject({
      status: 'created',
      progress: 0,
      output_url: null,
      billing_status: null,
    })
    expect(sandbox.report()).toMatchObject({ orphanDrafts: 1, jobsBought: 0, creditsBilledMillicredits: 0 })
  })
})

describe('a start', () => {
  it('may change the format, and not into what cannot be', async () => {
    const { vendor, sandbox } = await start()
    const id = await vendor.draft(clip)

    expect((await vendor.start(id, { output_format: 'mp4' })).status).toBe(400)
    expect((await vendor.start(id, { output_format: 'mp4', bg_type: 'white' })).status).toBe(200)
    expect(sandbox.report().jobs[0]).toMatchObject({ outputFormat: 'mp4', starts: 1 })
  })
})

describe('a key', () => {
  it('that is missing, unknown or revoked is refused with 401', async () => {
    const { vendor, sandbox } = await start()
    const stranger = createVendorClient(sandbox, 'rbv_unknown')

    const without = await fetch(`${sandbox.url}/v1/jobs`)
    expect(without.status).toBe(401)
    expect(await without.json()).toMatchObject({ error: { code: 'missing_api_key' } })
    expect(await stranger.send('GET', '/v1/jobs')).toMatchObject({
      status: 401,
      json: { error: { code: 'invalid_api_key' } },
    })
    sandbox.revokeKey(sandbox.keys[0] ?? '')
    expect((await vendor.send('GET', '/v1/jobs')).status).toBe(401)
  })

  it('sees no job of another key', async () => {
    const { vendor, sandbox } = await start({ keys: ['rbv_one', 'rbv_two'] })
    const other = createVendorClient(sandbox, 'rbv_two')
    const id = await vendor.draft(clip)

    expect((await other.status(id)).status).toBe(404)
    expect((await other.start(id)).status).toBe(404)
    expect((await other.send('GET', '/v1/jobs')).json).toEqual([])
    expect((await vendor.send('GET', '/v1/jobs')).json).toHaveLength(1)
  })
})

describe('the list', () => {
  it('pages from the newest on and filters by status', async () => {
    const { vendor } = await start()
    const ids = [await vendor.draft(clip), await vendor.draft(clip), await vendor.draft(clip)]
    await vendor.start(ids[1] ?? '')
    await vendor.ended(ids[1] ?? '')

    const page = await vendor.send('GET', '/v1/jobs?limit=1&offset=1')
    const drafts = await vendor.send('GET', '/v1/jobs?status=created')

    expect(page.json).toEqual([expect.objectContaining({ id: ids[1], status: 'completed' })])
    expect(drafts.json).toEqual([
      expect.objectContaining({ id: ids[2] }),
      expect.objectContaining({ id: ids[0] }),
    ])
    expect((await vendor.send('GET', '/v1/jobs?limit=0')).status).toBe(400)
  })
})

describe('an output URL', () => {
  it('is minted at each look, signed, and serves ranges', async () => {
    const { vendor, sandbox } = await start()
    const { output_url } = await vendor.process(clip)
    const whole = Buffer.from(await (await fetch(output_url)).arrayBuffer())

    const part = await fetch(output_url, { headers: { range: 'bytes=10-19' } })

    expect(part.status).toBe(206)
    expect(part.headers.get('content-range')).toBe(`bytes 10-19/${whole.length}`)
    expect(Buffer.from(await part.arrayBuffer())).toEqual(whole.subarray(10, 20))
    expect((await fetch(output_url.replace(/signature=./, 'signature=x'))).status).toBe(403)
    expect(sandbox.report()).toMatchObject({ jobs: [{ collected: true }], jobsCompleted: 1 })
  })

  it('is dead once it has expired', async () => {
    const { vendor } = await start({ outputUrlTtlMs: 0 })
    const { output_url } = await vendor.process(clip)

    expect((await fetch(output_url)).status).toBe(403)
  })

  it('counts a download that came in two parts as one whole', async () => {
    const { vendor, sandbox } = await start()
    const { id, output_url } = await vendor.process(clip)

    await (await fetch(output_url, { headers: { range: 'bytes=0-99' } })).arrayBuffer()
    expect(sandbox.report().outputsDownloaded).toEqual([])
    await (await fetch(output_url, { headers: { range: 'bytes=100-' } })).arrayBuffer()

    await expect.poll(() => sandbox.report().outputsDownloaded).toEqual([id])
  })

  it('is also told to whoever knows the job, without a key', async () => {
    const { vendor, sandbox } = await start()
    const { id } = await vendor.process(clip)

    const reply = (await (await fetch(`${sandbox.url}/api/download/${id}`)).json()) as {
      download_url: string
    }

    expect(reply).toMatchObject({ success: true, output_format: 'webm' })
    expect((await fetch(reply.download_url)).status).toBe(200)
  })
})

describe('the request flow of the vendor’s Node SDK', () => {
  it('runs from the upload to the output', async () => {
    const { sandbox } = await start()
    const headers = { 'X-Api-Key': sandbox.keys[0] ?? '' }
    const form = new FormData()
    // A Blob without a type goes out as application/octet-stream.
    form.append('file', new Blob([await readFile(clip)]), 'clip.mp4')

    const upload = await fetch(`${sandbox.url}/v1/uploads`, { method: 'POST', headers, body: form })
    const { video_url } = (await upload.json()) as VendorJson
    const create = await fetch(`${sandbox.url}/v1/jobs`, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify({
        video_url,
        model: 'original',
        bg_type: 'green',
        output_format: 'webm',
        auto_start: true,
      }),
    })
    const { id } = (await create.json()) as VendorJson
    const look = async () =>
      (await (await fetch(`${sandbox.url}/v1/jobs/${id}`, { headers })).json()) as VendorJson

    await expect.poll(async () => (await look())['status'], { timeout: 10_000 }).toBe('completed')
    expect((await fetch((await look()).output_url)).status).toBe(200)
  })
})
