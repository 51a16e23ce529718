import { beforeAll, describe, expect, it } from 'vitest'
import { failJob } from '../../sandbox/index.ts'
import { clip } from '../support/clips.ts'
import { itInFull } from '../support/in-full.ts'
import { documentOf, historyOf, stagedInputs, untilParkedFor } from './support/observe.ts'
import { useEnvironments } from './support/use-environments.ts'

const anEnvironment = useEnvironments('time-skipping')
let file: string

beforeAll(async () => {
  file = await clip('green')
})

describe('a request whose run Temporal has forgotten', () => {
  it('is answered with the recorded document, and nothing is bought', async () => {
    const environment = await anEnvironment()
    const id = 'forgotten-success'
    const first = await (await environment.start({ id, source: file })).result()

    const again = await environment.start({ id, source: file })

    expect(await again.result()).toEqual(first)
    expect((await historyOf(again)).activities).toEqual(['admitRemoval'])
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1, uploads: 1 })
    expect(await stagedInputs(environment, id)).toEqual([])
  })

  itInFull('is answered with the recorded failure', async () => {
    const environment = await anEnvironment({ sandbox: { faults: [failJob()] } })
    const id = 'forgotten-failure'
    const first = await documentOf(await environment.start({ id, source: file }))

    expect(await documentOf(await environment.start({ id, source: file }))).toEqual(first)
    expect(environment.sandbox.report().jobsBought).toBe(1)
  })

  itInFull('is refused where the request is another one, and the record stays as it is', async () => {
    const environment = await anEnvironment()
    const id = 'forgotten-other'
    const first = await (await environment.start({ id, source: file })).result()

    const refused = await documentOf(await environment.start({ id, source: file, model: 'pro' }))

    expect(refused).toMatchObject({
      id,
      state: 'failed',
      failure: { kind: 'InvalidRequest' },
      vendorJobs: null,
    })
    expect((await environment.dependencies.ledger.removals.find(id))?.document).toEqual(first)
    expect(await stagedInputs(environment, id)).toEqual([])
  })
})

describe('another request under the id of an unfinished removal', () => {
  it('is refused without touching that removal', async () => {
    const environment = await anEnvironment({ sandbox: { credits: 0 } })
    const id = 'unfinished'
    const lost = await environment.start({ id, source: file })
    await untilParkedFor(environment, lost, 'InsufficientCredits')
    await lost.terminate('lost')
    const staged = await stagedInputs(environment, id)

    const refused = await documentOf(await environment.start({ id, source: file, model: 'pro' }))

    expect(refused).toMatchObject({ state: 'failed', failure: { kind: 'InvalidRequest' } })
    expect((await environment.dependencies.ledger.removals.find(id))?.document).toBeNull()
    expect(await stagedInputs(environment, id)).toEqual(staged)
  })
})

describe('the same request after its run was lost', () => {
  it('goes on with the draft it had, and buys one job', async () => {
    const environment = await anEnvironment({ sandbox: { credits: 0 } })
    const id = 'lost-run'
    const lost = await environment.start({ id, source: file })
    await untilParkedFor(environment, lost, 'InsufficientCredits')
    await lost.terminate('lost')
    environment.sandbox.setCredits(10)

    expect((await (await environment.start({ id, source: file })).result()).state).toBe('succeeded')
    expect(environment.sandbox.report()).toMatchObject({ uploads: 1, drafts: 1, jobsBought: 1 })
  })
})

describe('a malformed request', () => {
  it('is refused with the field named, and leaves no record', async () => {
    const environment = await anEnvironment()
    const id = 'malformed'

    const document = await documentOf(
      await environment.start({ id, source: { url: 'ftp://example.com/a.mp4' } }),
    )

    expect(document.failure).toMatchObject({
      kind: 'InvalidRequest',
      message: expect.stringContaining('source'),
    })
    expect(await environment.dependencies.ledger.removals.find(id)).toBeUndefined()
  })
})
