import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import {
  answer,
  brokenJson,
  loseReply,
  notJson,
  rateLimit,
  refuseForCredits,
  show,
  withoutId,
} from '../../sandbox/index.ts'
import { serveHttp } from '../support/serve-http.ts'
import { aCompleted, anUploaded, draftInput } from './support/bought-so-far.ts'
import { failureOf, runActivity } from './support/run-activity.ts'
import type { Stage } from './support/stage.ts'
import { useStages } from './support/stage.ts'

const aStage = useStages()

type Removal = Awaited<ReturnType<typeof anUploaded>>

const create = (stage: Stage, removal: Removal, fresh = false) =>
  runActivity(stage.activities.createVendorJob, { ...draftInput(removal), fresh })
const failedCreate = (stage: Stage, removal: Removal) =>
  failureOf(stage.activities.createVendorJob, draftInput(removal))
const removalOf = async ({ deps }: Stage, { removalId }: Removal) =>
  (await deps.ledger.removals.find(removalId))!

describe('a purchase without a draft', () => {
  it('gets one, which costs nothing and is in the ledger', async () => {
    const stage = await aStage()
    const removal = await anUploaded(stage)

    const draft = await create(stage, removal)

    expect(draft).toEqual({ vendorJobId: stage.sandbox.report().jobs[0]?.id, keyAlias: 'default' })
    expect(await stage.deps.ledger.vendorJobs.find(removal)).toMatchObject({
      vendorJobId: draft.vendorJobId,
      draftStatus: 'created',
      model: 'human',
      estimatedMillicredits: 2_250,
      creditsPerMinute: 45,
      priceVersion: expect.stringContaining('live'),
    })
    expect(stage.sandbox.report()).toMatchObject({ drafts: 1, jobsBought: 0 })
  })

  it('gets one again when the activity is repeated: the same, without a call', async () => {
    const stage = await aStage()
    const removal = await anUploaded(stage)
    const draft = await create(stage, removal)

    expect(await create(stage, removal)).toEqual(draft)
    expect(stage.sandbox.report()).toMatchObject({ drafts: 1, requests: { create: 1 } })
  })

  it('gets another one when a fresh one is wanted', async () => {
    const stage = await aStage()
    const removal = await anUploaded(stage)
    const draft = await create(stage, removal)

    expect(await create(stage, removal, true)).not.toEqual(draft)
    expect(await removalOf(stage, removal)).toMatchObject({ orphanDrafts: 1 })
  })
})

describe('a draft whose face the create reply does not tell', () => {
  it.each([
    ['is left out', null, 'created' as const],
    ['is a word nobody knows', 'drafted', 'pending' as const],
  ])('is looked at once when the status %s', async (_how, createReplyStatus, draftShownAs) => {
    const stage = await aStage({ modes: { createReplyStatus, draftShownAs } })
    const removal = await anUploaded(stage)

    await create(stage, removal)

    expect(await stage.deps.ledger.vendorJobs.find(removal)).toMatchObject({ draftStatus: draftShownAs })
    expect(stage.sandbox.report().requests).toMatchObject({ create: 1, draft: 1 })
  })

  it('is looked at again when it is not visible yet, without another draft', async () => {
    const stage = await aStage({ modes: { createReplyStatus: null }, faults: [answer('draft', 404)] })
    const removal = await anUploaded(stage)

    expect(await failedCreate(stage, removal)).toMatchObject({
      type: 'StillWaiting',
      document: { kind: 'JobNotVisible' },
    })
    await create(stage, removal)

    expect(stage.sandbox.report()).toMatchObject({ drafts: 1, requests: { create: 1, draft: 2 } })
  })

  it('is given up for another one when it stays invisible', async () => {
    const stage = await aStage({ faults: [answer('draft', 404, { occurrence: { from: 1, to: 2 } })] })
    const removal = await anUploaded(stage)
    await failedCreate(stage, removal)
    stage.pass(30_000)

    expect(await failedCreate(stage, removal)).toMatchObject({ type: 'VendorUnavailable' })
    await create(stage, removal)

    expect(stage.sandbox.report()).toMatchObject({ drafts: 2, jobsBought: 0 })
    expect(await removalOf(stage, removal)).toMatchObject({ orphanDrafts: 1 })
  })

  it('is what the same GET says as later checks, whatever the create reply said', async () => {
    const stage = await aStage({ modes: { createReplyStatus: 'created', draftShownAs: 'pending' } })
    const removal = await anUploaded(stage)

    await create(stage, removal)

    expect(await stage.deps.ledger.vendorJobs.find(removal)).toMatchObject({ draftStatus: 'pending' })
  })
})

describe('a create whose outcome is in doubt', () => {
  it.each([
    ['its reply was lost', 'VendorUnavailable', loseReply('create')],
    ['its reply is not JSON', 'ContractViolation', notJson('create')],
    ['its reply breaks off', 'ContractViolation', brokenJson('create')],
    ['its reply names no id', 'ContractViolation', withoutId('create')],
    ['a proxy answered 502', 'VendorUnavailable', answer('create', 502)],
  ])('because %s is repeated, and the lost draft is counted', async (_why, type, fault) => {
    const stage = await aStage({ faults: [fault] })
    const removal = await anUploaded(stage)

    expect(await failedCreate(stage, removal)).toMatchObject({ type, nonRetryable: false })
    await create(stage, removal)

    expect(await removalOf(stage, removal)).toMatchObject({ orphanDrafts: 1 })
    expect(stage.sandbox.report()).toMatchObject({ jobsBought: 0, requests: { create: 2 } })
  })
})

describe('a create that the vendor refuses', () => {
  it.each([
    ['InvalidRequest', true, answer('create', 400)],
    ['InvalidRequest', true, answer('create', 422)],
    ['InsufficientCredits', true, refuseForCredits('create', 403)],
    ['CredentialsRejected', true, answer('create', 401)],
    ['RateLimited', false, rateLimit('create')],
  ])('is %s (for good: %s) and leaves nothing to count', async (type, nonRetryable, fault) => {
    const stage = await aStage({ faults: [fault] })
    const removal = await anUploaded(stage)

    const failure = await failedCreate(stage, removal)

    expect(failure).toMatchObject({ type, nonRetryable, document: { kind: type, attempts: 1 } })
    expect(failure.document?.requestId).toEqual(expect.any(String))
    expect(await removalOf(stage, removal)).toMatchObject({ orphanDrafts: 0 })
  })
})

describe('two workers that make a draft at once', () => {
  it('go on with the same one', async () => {
    const stage = await aStage()
    const removal = await anUploaded(stage)

    const [first, second] = await Promise.all([create(stage, removal), create(stage, removal)])

    expect(first).toEqual(second)
  })
})

describe('a draft that the vendor started on its own', () => {
  it('is not started again', async () => {
    const stage = await aStage({
      faults: [show('create', { status: 'processing' }), show('draft', { status: 'processing' })],
    })
    const removal = await anUploaded(stage)
    const { vendorJobId } = await create(stage, removal)

    await runActivity(stage.activities.startVendorJob, { ...removal, vendorJobId, answer: null })

    expect(stage.sandbox.report().requests.start).toBeUndefined()
  })
})

describe('a background image behind a signed URL', () => {
  it('is named to the vendor whole, and its signature in no exchange', async () => {
    const asked: (string | undefined)[] = []
    const host = await serveHttp((request, response) => {
      asked.push(request.url)
      response.writeHead(404).end()
    })
    const stage = await aStage()
    const queryKey = 'inputs/rm_sky/call/background-query'
    await stage.deps.storage.write(queryKey, Readable.from([Buffer.from('?signature=very-secret')]))
    const background = { type: 'image' as const, imageUrl: `${host.url}/sky.png`, queryKey }

    // There is no such picture, so that the job fails once the vendor has asked for it.
    await aCompleted(stage, { id: 'rm_sky', background }).catch(() => {})

    expect(asked).toContain('/sky.png?signature=very-secret')
    for await (const key of stage.deps.storage.list('exchanges'))
      expect(await text(await stage.deps.storage.read(key))).not.toContain('very-secret')
  })

  it('is refused where its query lies with another removal', async () => {
    const stage = await aStage()
    const queryKey = 'inputs/rm_other/call/background-query'
    const removal = await anUploaded(stage, {
      outputFormat: 'mp4',
      background: { type: 'image', imageUrl: 'https://example.com/sky.png', queryKey },
    })

    expect(await failedCreate(stage, removal)).toMatchObject({ type: 'InvalidRequest', nonRetryable: true })
    expect(stage.sandbox.report().requests.create).toBeUndefined()
  })
})
