import { truncate } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { AdmittedRemoval } from '../../activities/admit/admit-removal.ts'
import type { BrokenClipName } from '../support/clips.ts'
import { brokenClip } from '../support/clips.ts'
import { serveHttp } from '../support/serve-http.ts'
import { failureOf, runActivity } from './support/run-activity.ts'
import type { Stage } from './support/stage.ts'
import { aStagedRequest, LABELS, useStages } from './support/stage.ts'

const aStage = useStages()

type Asked = NonNullable<Parameters<typeof aStagedRequest>[1]>

async function admit(stage: Stage, asked: Asked = {}) {
  const input = await aStagedRequest(stage, asked)
  return { input, result: await runActivity(stage.activities.admitRemoval, input) }
}

async function refusal(stage: Stage, asked: Asked) {
  return failureOf(stage.activities.admitRemoval, await aStagedRequest(stage, asked))
}

describe('a request with a staged file', () => {
  it('is admitted with its length, price, deadline and settings, and nothing secret', async () => {
    const stage = await aStage()

    const { input, result } = await admit(stage, {
      model: 'human',
      user: 'u7',
      fallback: 'auto',
      maxCredits: 9,
    })

    expect(result).toMatchObject({
      outcome: 'admitted',
      source: 'upload',
      sourceName: 'green.mp4',
      requested: { model: 'human', outputFormat: 'webm', fallback: 'auto', maxCredits: 9 },
      order: { model: 'human', outputFormat: 'webm', estimatedMillicredits: expect.any(Number) },
      webhookExpected: false,
      settings: stage.deps.settings,
    })
    expect((result as AdmittedRemoval).durationSeconds).toBeCloseTo(3, 0)
    expect(await stage.deps.ledger.removals.find(input.removalId)).toMatchObject({
      user: 'u7',
      source: 'green.mp4',
      inputBytes: input.staged.kind === 'file' ? input.staged.sizeBytes : null,
      inputContentType: 'video/mp4',
    })
  })

  it('is admitted again with the same answer, its credits held once', async () => {
    const stage = await aStage()
    const project = `p${Date.now()}`
    const { input, result } = await admit(stage, { project })

    expect(await runActivity(stage.activities.admitRemoval, input, { attempt: 2 })).toEqual(result)
    expect(await stage.deps.ledger.credits.balance(project)).toMatchObject({
      reservedMillicredits: (result as AdmittedRemoval).order.estimatedMillicredits,
    })
  })

  it('pays for its preview alone', async () => {
    const { result } = await admit(await aStage(), { model: 'original', previewSeconds: 1 })

    expect(result).toMatchObject({ durationSeconds: 1, order: { estimatedMillicredits: 1_000 } })
  })

  it('asks for a webhook where the gateway is public', async () => {
    const stage = await aStage({ variables: { GATEWAY_PUBLIC_URL: 'https://cut.example' } })

    expect((await admit(stage)).result).toMatchObject({ webhookExpected: true })
  })
})

describe('a file that is not a whole video', () => {
  it.each([
    ['empty', 'the file is empty'],
    ['text', 'this is not an mp4, mov, webm or avi video'],
    ['picture', 'this is not an mp4, mov, webm or avi video'],
    ['mkv', 'this is not an mp4, mov, webm or avi video'],
    ['gif', 'this is not an mp4, mov, webm or avi video'],
    ['cutOff', 'cut off'],
    ['withoutIndex', ''],
    ['cutOffWebm', ''],
    ['cutOffAvi', ''],
    ['soundOnly', ''],
  ] satisfies [BrokenClipName, string][])('is refused in one sentence: %s', async (name, sentence) => {
    const stage = await aStage()

    const failure = await refusal(stage, { source: await brokenClip(name) })

    expect(failure).toMatchObject({
      type: 'InvalidInput',
      nonRetryable: true,
      document: { kind: 'InvalidInput' },
    })
    expect(failure.message).toContain(sentence)
    expect(failure.message).not.toMatch(/\n|undefined|Error:/)
    expect(Object.keys(stage.sandbox.report().requests)).not.toContain('upload')
  })

  it('is refused when it is one byte too large', async () => {
    const stage = await aStage()
    const input = await aStagedRequest(stage)
    // Half a gigabyte of nothing is not worth copying: the staged file is made as long in its place.
    await truncate(stage.deps.storage.localPath(input.request.source.stored) ?? '', 500_000_001)

    expect(await failureOf(stage.activities.admitRemoval, input)).toMatchObject({
      type: 'InvalidInput',
      message: expect.stringContaining('at most 500,000,000 are possible'),
    })
  })
})

describe('a video under a wrong name', () => {
  it('is admitted for what it is', async () => {
    const stage = await aStage()
    const { input } = await admit(stage, { source: await brokenClip('webmNamedMp4') })

    expect(await stage.deps.ledger.removals.find(input.removalId)).toMatchObject({
      inputContentType: 'video/webm',
    })
  })
})

describe('a request under an id that is known', () => {
  it('is refused when it asks for something else, and its own input goes', async () => {
    const stage = await aStage()
    const { input } = await admit(stage, { model: 'human' })
    const other = await aStagedRequest(stage, { id: input.removalId, model: 'light' })

    const result = await runActivity(stage.activities.admitRemoval, other)

    expect(result).toMatchObject({
      outcome: 'refused',
      failure: { kind: 'InvalidRequest', message: expect.stringContaining('in use by another request') },
    })
    expect(await stage.deps.storage.stat(other.request.source.stored)).toBeUndefined()
    expect(await stage.deps.storage.stat(input.request.source.stored)).toBeDefined()
  })

  it('is answered with the document of the one that ended', async () => {
    const stage = await aStage()
    const { removalId } = (await admit(stage)).input
    const document = await runActivity(stage.activities.settleRemoval, {
      removalId,
      labels: LABELS,
      state: 'cancelled' as const,
      served: null,
      output: null,
      failure: null,
      temporal: null,
    })

    const again = await aStagedRequest(stage, { id: removalId })

    expect(await runActivity(stage.activities.admitRemoval, again)).toMatchObject({
      outcome: 'closed',
      document,
    })
  })
})

describe('a request that is malformed', () => {
  it('is refused without a record', async () => {
    const stage = await aStage()
    const input = await aStagedRequest(stage)

    const result = await runActivity(stage.activities.admitRemoval, {
      ...input,
      request: { ...input.request, model: 'best' as never },
    })

    expect(result).toMatchObject({
      outcome: 'refused',
      failure: { message: expect.stringContaining('model:') },
    })
    expect(await stage.deps.ledger.removals.find(input.removalId)).toBeUndefined()
  })

  it('names a file of the caller, which a worker cannot read', async () => {
    const stage = await aStage()
    const input = await aStagedRequest(stage)
    const asked = { ...input, staged: null, request: { source: '/home/ada/clip.mp4' } }

    expect(await failureOf(stage.activities.admitRemoval, asked as never)).toMatchObject({
      type: 'InvalidRequest',
      nonRetryable: true,
    })
  })
})

describe('a removal that would cost too much', () => {
  it('is refused when no fallback is allowed', async () => {
    expect(await refusal(await aStage(), { model: 'original', maxCredits: 2.9 })).toMatchObject({
      type: 'BudgetExceeded',
      nonRetryable: true,
      message: expect.stringMatching(/estimated 3\S* credits with the model original, allowed 2\.9/),
    })
  })

  it('is admitted with a cheaper model when that is allowed', async () => {
    const { result } = await admit(await aStage(), { model: 'original', maxCredits: 2.9, fallback: 'auto' })

    expect(result).toMatchObject({ order: { model: 'human' }, requested: { model: 'original' } })
  })

  it("is refused when the project's budget has not that much left", async () => {
    const stage = await aStage()
    const project = `poor${Date.now()}`
    await stage.deps.ledger.credits.setBudget(project, 4_000, new Date())
    await admit(stage, { project, model: 'human' })

    expect(await refusal(stage, { project, model: 'human' })).toMatchObject({
      type: 'BudgetExceeded',
      message: expect.stringContaining(project),
    })
  })
})

describe('a request with a URL', () => {
  const asked = (url: string) => ({
    removalId: `url-${crypto.randomUUID()}`,
    labels: LABELS,
    workflowId: 'removal/x',
    request: { source: { url } },
    staged: null,
  })

  it('to a private host is refused before anything is asked of it', async () => {
    const stage = await aStage()
    const host = await serveHttp((_request, response) => response.end())

    expect(await failureOf(stage.activities.admitRemoval, asked(`${host.url}/clip.mp4`))).toMatchObject({
      type: 'InvalidInput',
      nonRetryable: true,
    })
    expect(host.requests).toEqual([])
  })

  it("to the vendor's own host is admitted, its query neither in the answer nor in the ledger", async () => {
    const stage = await aStage()
    const { removalId } = (await admit(stage)).input
    await runActivity(stage.activities.uploadInput, { removalId, labels: LABELS, fresh: false })
    const videoUrl = (await stage.deps.ledger.removals.find(removalId))?.videoUrl ?? ''
    const input = asked(`${videoUrl}?signature=s3cret`)

    const result = await runActivity(stage.activities.admitRemoval, input)

    expect(result).toMatchObject({ outcome: 'admitted', source: 'url' })
    const record = await stage.deps.ledger.removals.find(input.removalId)
    expect(JSON.stringify([result, record])).not.toContain('s3cret')
  })
})

describe('a ledger that does not answer', () => {
  it('are an outage of the platform, to be tried again', async () => {
    const stage = await aStage()
    const input = await aStagedRequest(stage)
    await stage.closeLedger()

    expect(await failureOf(stage.activities.admitRemoval, input)).toMatchObject({
      type: 'PlatformUnavailable',
      nonRetryable: false,
    })
  })
})
