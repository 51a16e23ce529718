import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { ListFilter } from '../../client/index.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { searchAttributes } from '../../workflows/messages.ts'
import { allOf } from '../client/support/all-of.ts'
import { brokenClip, clip } from '../support/clips.ts'
import { itInFull } from '../support/in-full.ts'
import type { RemovalHandle } from './support/observe.ts'
import { documentOf, untilParkedFor } from './support/observe.ts'
import { useEnvironments } from './support/use-environments.ts'

/** What clients in other languages send: nothing of it was made by our types. */
const anEnvironment = useEnvironments('dev')
type Environment = Awaited<ReturnType<typeof anEnvironment>>

const HUGE = 'x'.repeat(300_000)
const URL_SOURCE = { url: 'http://127.0.0.1:9/clip.mp4' }
let environment: Environment

function started(
  args: unknown[],
  { workflowId = `removal/${randomUUID()}`, memo = {} }: { workflowId?: string; memo?: object } = {},
): Promise<RemovalHandle> {
  return environment.temporal.client.workflow.start('removeBackground', {
    workflowId,
    taskQueue: 'matteflow',
    args,
    memo: { ...memo },
  })
}

const byName = (left = '', right = ''): number => left.localeCompare(right)

const MALFORMED: [what: string, args: unknown[], says: string][] = [
  ['nothing', [], 'request'],
  ['null', [null], 'request'],
  ['text', ['clip.mp4'], 'request'],
  ['a list', [[1, 2]], 'request'],
  ['nothing in it', [{}], 'source'],
  ['a number as project', [{ source: URL_SOURCE, project: 7 }], 'project'],
  ['objects as user and reference', [{ source: URL_SOURCE, user: {}, reference: [] }], 'user'],
  ['huge texts', [{ source: URL_SOURCE, project: HUGE, user: HUGE, reference: HUGE }], 'project'],
  ['a huge name of a field', [{ source: URL_SOURCE, [HUGE]: 1 }], 'unknown field xxx'],
  ['text as what was staged', [{ source: URL_SOURCE }, 'clip.mp4'], 'a second argument'],
  ['an object as what was staged', [{ source: URL_SOURCE }, { kind: 'file', key: 5 }], 'a second argument'],
  ['a third argument', [{ source: URL_SOURCE }, null, 'more'], 'a third argument'],
  ['an object as third', [{ source: URL_SOURCE }, null, { failed: 5, parks: 1 }], 'a third argument'],
  ['a fourth argument', [{ source: 7 }, null, null, 'more'], 'source'],
]

describe('a removal that another client starts with arguments of its own making', () => {
  it('ends as an invalid request that says what is wrong, whatever they are', async () => {
    environment = await anEnvironment()
    const memo = { traceparent: { not: 'text' } }

    const ends = await Promise.all(
      MALFORMED.map(async ([what, args, says]) => ({
        ...{ what, says },
        document: await documentOf(await started(args, { memo })),
      })),
    )

    for (const { what, says, document } of ends) {
      expect(document, what).toMatchObject({ state: 'failed', failure: { kind: 'InvalidRequest' } })
      expect(document.failure?.message, what).toContain(says)
      expect(document.failure?.message.length, what).toBeLessThan(2_000)
    }
    expect(environment.sandbox.report()).toMatchObject({ uploads: 0, drafts: 0, jobsBought: 0 })
  })

  it('is known by the project that it names', async () => {
    environment = await anEnvironment()

    expect(await documentOf(await started([{ project: 'acme' }]))).toMatchObject({ project: 'acme' })
  })
})

describe('a removal that another client starts without attributes and that is never admitted', () => {
  it('is found by its project, its state and why it failed', async () => {
    environment = await anEnvironment()
    const { removals } = environment
    const refused = await started([{ source: URL_SOURCE, project: 'refusals', model: 'none' }])
    const inputs = [await clip('green'), await brokenClip('text')]
    const [bad, known] = [inputs[1] ?? '', inputs[0] ?? '']
    const failed = await environment.start({ source: bad, project: 'refusals' })
    const first = await environment.start({ source: known, project: 'refusals' })
    await Promise.all([refused, failed, first].map(documentOf))
    const again = await started([{ source: URL_SOURCE, project: 'refusals' }], {
      workflowId: first.workflowId,
    })
    await documentOf(again)

    const kindsIn = async (filter: ListFilter) =>
      (await allOf(removals.list({ project: 'refusals', ...filter }))).map(({ failure }) => failure?.kind)
    await expect
      .poll(async () => (await kindsIn({ state: 'failed' })).toSorted(byName))
      .toEqual(['InvalidInput', 'InvalidRequest', 'InvalidRequest'])
    expect(await kindsIn({ failure: 'InvalidInput' })).toEqual(['InvalidInput'])
    expect(await kindsIn({ failure: 'InvalidRequest' })).toEqual(['InvalidRequest', 'InvalidRequest'])
  })

  itInFull('is found while it is parked', async () => {
    const away = new RemovalFailure('PlatformUnavailable', 'the storage is away', { isLast: true })
    environment = await anEnvironment({
      dependencies: {
        prices: async () => {
          throw away
        },
      },
    })
    const handle = await environment.start({ source: await clip('green'), project: 'sleepers' })
    await untilParkedFor(environment, handle, 'PlatformUnavailable')

    await handle.cancel()
    expect((await documentOf(handle)).state).toBe('cancelled')
  })
})

describe('a removal that an earlier build refused, without any attribute', () => {
  it('is listed by the kind that its workflow ended with', async () => {
    environment = await anEnvironment({
      dependencies: { lackingSearchAttributes: Object.values(searchAttributes).map(({ name }) => name) },
    })
    const { removals } = environment
    const handle = await started([{ project: 'early' }])
    const { id } = await documentOf(handle)

    await expect
      .poll(async () => (await allOf(removals.list({ state: 'failed' }))).find((each) => each.id === id))
      .toMatchObject({ state: 'failed', project: 'early', failure: { kind: 'InvalidRequest' } })
  })
})

describe('a removal that another client starts under an id that no command takes', () => {
  it('is refused, and listed by its workflow id', async () => {
    environment = await anEnvironment()
    const { sandbox, removals } = environment
    const workflowIds = ['removal/', 'removal/../../../x', 'removal/a b', `removal/${'x'.repeat(65)}`]

    const documents = await Promise.all(
      workflowIds.map(async (workflowId) =>
        documentOf(await started([{ source: URL_SOURCE }], { workflowId })),
      ),
    )

    expect(documents.map(({ id }) => id)).toEqual(workflowIds)
    for (const { state, failure } of documents) {
      expect(state).toBe('failed')
      expect(failure?.kind).toBe('InvalidRequest')
      expect(failure?.message).toContain('expected 1 to 64 of A-Z a-z 0-9 _ -')
    }
    expect(sandbox.report()).toMatchObject({ uploads: 0, drafts: 0, jobsBought: 0 })
    await expect
      .poll(async () => {
        const listed: string[] = []
        for await (const { id, state } of removals.list()) if (state === 'failed') listed.push(id)
        return listed
      })
      .toEqual(expect.arrayContaining(workflowIds))
  })

  itInFull('is refused where its request says another id', async () => {
    environment = await anEnvironment()

    const document = await documentOf(await started([{ source: URL_SOURCE, id: 'another' }]))

    expect(document.failure).toMatchObject({
      kind: 'InvalidRequest',
      message: expect.stringContaining('the request says another'),
    })
  })
})

describe('a parked removal that another client speaks to', () => {
  it('takes null for what is not said, refuses what it does not know, and ends when it is cancelled', async () => {
    environment = await anEnvironment({ sandbox: { credits: 0 } })
    const handle = await environment.start({ source: await clip('green') })
    await untilParkedFor(environment, handle, 'InsufficientCredits')
    const resume = (asked: unknown) => handle.executeUpdate('resume', { args: [asked] })

    for (const asked of ['started', 5, [], { as: 'perhaps' }, { by: 5 }, { note: {} }, { maxCredits: '9' }])
      await expect(resume(asked), JSON.stringify(asked)).rejects.toMatchObject({
        cause: { type: 'InvalidRequest' },
      })
    await resume({ as: null, maxCredits: null, by: null, note: null })
    await untilParkedFor(environment, handle, 'InsufficientCredits')
    await handle.signal('cancelNote', { by: 5, note: ['why'] })
    await handle.cancel()

    expect((await documentOf(handle)).failure?.message).toMatch(/was cancelled$/)
  })
})

describe('another workflow of ours that is started without what it is about', () => {
  it('ends as an invalid request', async () => {
    environment = await anEnvironment()
    const { workflow } = environment.temporal.client
    const args = [[], [null], [{}], [{ removalId: '', deliveryId: '', days: 'all' }], [{ removalId: '..' }]]

    const ends = await Promise.allSettled(
      ['deleteRemoval', 'deliverWebhook', 'reconcileBooks'].flatMap((type) =>
        args.map((given) =>
          workflow.execute(type, { workflowId: randomUUID(), taskQueue: 'matteflow', args: given }),
        ),
      ),
    )

    for (const end of ends)
      expect(end).toMatchObject({ status: 'rejected', reason: { cause: { type: 'InvalidRequest' } } })
  })
})
