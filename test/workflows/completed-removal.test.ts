import { openAsBlob } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Sandbox } from '../../sandbox/index.ts'
import { failJob, showStatus } from '../../sandbox/index.ts'
import { brokenClip, clip } from '../support/clips.ts'
import { documentOf, historyOf, stagedInputs } from './support/observe.ts'
import { useEnvironments } from './support/use-environments.ts'

const anEnvironment = useEnvironments('time-skipping')
let file: string

beforeAll(async () => {
  file = await clip('green')
})

const SEVEN = [
  'admitRemoval',
  'uploadInput',
  'createVendorJob',
  'startVendorJob',
  'checkVendorJob',
  'retrieveOutput',
  'settleRemoval',
]

describe('a removal of a local file', () => {
  it('ends with a verified output, one job bought, and its input no longer staged', async () => {
    const environment = await anEnvironment()

    const handle = await environment.start({ source: file, model: 'human', project: 'shop' })
    const document = await handle.result()

    expect(document).toMatchObject({
      state: 'succeeded',
      project: 'shop',
      input: { source: 'green.mp4', durationSeconds: 3 },
      served: { model: 'human', outputFormat: 'webm', why: 'requested' },
      output: { hasAlpha: true },
      credits: { estimated: 2.25, charged: 2.25 },
      failure: null,
    })
    const output = await readFile(fileURLToPath(document.output?.location ?? ''))
    expect(output.byteLength).toBe(document.output?.bytes)
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1, orphanDrafts: 0 })
    expect(await stagedInputs(environment, document.id)).toEqual([])
  })

  it('takes the seven activities and at most 60 events, however many polls', async () => {
    const environment = await anEnvironment({ sandbox: { faults: [showStatus('processing', 30)] } })

    const handle = await environment.start({ source: file })
    await handle.result()

    const { events, activities } = await historyOf(handle)
    expect(activities).toEqual(SEVEN)
    expect(events).toBeLessThanOrEqual(60)
    expect(environment.sandbox.report().requests.status).toBeGreaterThan(30)
  })
})

describe('a removal of a URL', () => {
  it('uploads nothing of its own', async () => {
    const environment = await anEnvironment()
    const url = await uploadedTo(environment.sandbox, file)
    const uploads = environment.sandbox.report().requests.upload

    const handle = await environment.start({ source: { url } })
    const document = await handle.result()

    expect(document.state).toBe('succeeded')
    expect((await historyOf(handle)).activities).toEqual(SEVEN.filter((name) => name !== 'uploadInput'))
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1, requests: { upload: uploads } })
  })
})

describe('a job that the vendor fails', () => {
  it('fails the removal with the vendor ids and the charge', async () => {
    const environment = await anEnvironment({ sandbox: { faults: [failJob('GPU worker lost')] } })

    const document = await documentOf(await environment.start({ source: file }))

    expect(document).toMatchObject({
      state: 'failed',
      failure: { kind: 'ProcessingFailed', message: expect.stringContaining('GPU worker lost') },
      credits: { charged: 3 },
      vendorJobs: [{ state: 'failed' }],
    })
    expect(document.failure?.vendorJobId).toBe(document.vendorJobs?.[0]?.id)
    expect(environment.sandbox.report().jobsBought).toBe(1)
  })
})

describe('an input that is no video', () => {
  it('fails the removal before anything reaches the vendor', async () => {
    const environment = await anEnvironment()

    const document = await documentOf(await environment.start({ source: await brokenClip('text') }))

    expect(document).toMatchObject({ state: 'failed', failure: { kind: 'InvalidInput' }, vendorJobs: [] })
    expect(environment.sandbox.report()).toMatchObject({ uploads: 0, drafts: 0, jobsBought: 0 })
    expect(await stagedInputs(environment, document.id)).toEqual([])
  })
})

async function uploadedTo({ url, keys }: Sandbox, path: string): Promise<string> {
  const body = new FormData()
  body.set('file', await openAsBlob(path, { type: 'video/mp4' }), 'green.mp4')
  const headers = { 'x-api-key': keys[0] ?? '' }
  const response = await fetch(`${url}/v1/uploads`, { method: 'POST', headers, body })
  return ((await response.json()) as { video_url: string }).video_url
}
