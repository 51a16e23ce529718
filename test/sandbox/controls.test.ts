import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { answer, connectSandbox } from '../../sandbox/index.ts'
import { paintClip, useFolder } from './support/clips.ts'
import { useSandbox } from './support/use-sandbox.ts'
import { collect, createVendorClient } from './support/vendor-client.ts'

const folder = useFolder()
const start = useSandbox(() => join(folder(), 'renders'))
let clip = ''
beforeAll(async () => {
  clip = await paintClip(join(folder(), 'clip.mp4'), { screen: '0x00B140' })
})

describe('a sandbox that starts again over its folder', () => {
  it('knows its keys, jobs, bills and outputs', async () => {
    const dataDir = join(folder(), 'kept')
    const first = await start({ dataDir, modes: { instant: true } })
    const { id } = await first.vendor.process(clip)
    await first.vendor.draft(clip)
    const billed = first.sandbox.report().creditsBilledMillicredits
    await first.sandbox.close()

    const { vendor, sandbox } = await start({ dataDir })

    expect(sandbox.keys).toEqual(first.sandbox.keys)
    expect(sandbox.report()).toMatchObject({
      uploads: 2,
      drafts: 2,
      orphanDrafts: 1,
      jobsCompleted: 1,
      creditsBilledMillicredits: billed,
    })
    expect((await collect((await vendor.status(id)).json)).length).toBeGreaterThan(100)
  })

  it('takes up the work that was cut off', async () => {
    const dataDir = join(folder(), 'cut-off')
    const renderCacheDir = join(dataDir, 'renders')
    const first = await start({ dataDir, renderCacheDir })
    const id = await first.vendor.draft(clip, { output_format: 'webp' })
    await first.vendor.start(id)
    await first.sandbox.close()

    const { vendor, sandbox } = await start({ dataDir, renderCacheDir })

    expect(await vendor.ended(id)).toMatchObject({ status: 'completed' })
    expect(sandbox.report().jobsBought).toBe(1)
  })
})

describe('a sandbox that others reach by another name', () => {
  it('listens where it is told, and its URLs begin with that name', async () => {
    const dataDir = join(folder(), 'renamed')
    const first = await start({ dataDir })
    const old = await first.vendor.process(clip)
    const { port } = new URL(first.sandbox.url)
    await first.sandbox.close()

    const { sandbox } = await start({
      dataDir,
      host: '0.0.0.0',
      port: Number(port),
      publicUrl: 'http://vendor.test:4010',
    })

    expect(sandbox.url).toBe('http://vendor.test:4010')
    const vendor = createVendorClient({ ...sandbox, url: first.sandbox.url })
    const { json } = await vendor.upload(clip)
    expect(json['video_url']).toMatch(/^http:\/\/vendor\.test:4010\/uploads\//)
    expect((await vendor.process(clip)).output_url).toMatch(/^http:\/\/vendor\.test:4010\/outputs\//)
    expect((await vendor.status(old.id)).json['output_url']).toMatch(/^http:\/\/vendor\.test:4010\//)
  })
})

describe('the controls over HTTP', () => {
  it('do what those in the process do', async () => {
    const { vendor, sandbox } = await start()
    const remote = connectSandbox(`${sandbox.url}/`)

    await remote.addFaults([answer('status', 503), { ...answer('list', 500), input: 'x.mp4' }])
    await remote.clearFaults('x.mp4')
    expect((await vendor.status('nobody')).status).toBe(503)
    await remote.addFaults([answer('status', 503)])
    await remote.clearFaults()
    await remote.setModes({ errorShape: 'string' })
    expect(await vendor.status('nobody')).toMatchObject({ status: 404, json: { error: 'Job not found' } })

    await remote.setStartModes('clip.mp4', { draftShownAs: 'pending' })
    expect((await vendor.status(await vendor.draft(clip))).json['status']).toBe('pending')

    await remote.setCredits(0)
    expect((await vendor.start(await vendor.draft(clip))).status).toBe(402)
    await remote.setCredits(null)

    await remote.acceptKey('rbv_second')
    const second = createVendorClient(sandbox, 'rbv_second')
    expect((await second.send('GET', '/v1/jobs')).status).toBe(200)
    await remote.revokeKey('rbv_second')
    expect((await second.send('GET', '/v1/jobs')).status).toBe(401)

    expect(await remote.report()).toEqual(JSON.parse(JSON.stringify(sandbox.report())))
  })

  it('refuse what is no fault and no mode', async () => {
    const { sandbox } = await start()
    const remote = connectSandbox(sandbox.url)

    await expect(remote.addFaults([{ route: 'nowhere' }] as never)).rejects.toThrow('400')
    await expect(remote.setModes({ repeatedStart: 'explodes' } as never)).rejects.toThrow('400')
    await expect(remote.setStartModes('clip.mp4', { idField: 'id' } as never)).rejects.toThrow('400')
  })
})

describe('the log of requests', () => {
  it('names route, occurrence, fault and status, and no key', async () => {
    const { vendor, sandbox } = await start({ faults: [answer('draft', 503, { occurrence: 2 })] })
    const id = await vendor.draft(clip)
    await vendor.status(id)
    await vendor.status(id)

    const requests = sandbox.requests()

    expect(requests.filter(({ route }) => route === 'draft')).toMatchObject([
      { occurrence: 1, fault: null, status: 200, jobId: id, input: 'clip.mp4' },
      { occurrence: 2, fault: 'answer', status: 503, jobId: id },
    ])
    expect(requests.find(({ route }) => route === 'create')?.jobId).toBe(id)
    expect(JSON.stringify([requests, sandbox.report()])).not.toContain(sandbox.keys[0])
  })
})
