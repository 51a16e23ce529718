import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, ServiceError } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { RemovalFailure, Removals } from '../../client/index.ts'
import { createRemovals } from '../../client/index.ts'
import { newRemovalId, workflowIdOf } from '../../domain/removal-id.ts'
import { allOf } from './support/all-of.ts'
import type { ClientEnvironment } from './support/client-environment.ts'
import { rejectionOf, startClientEnvironment } from './support/client-environment.ts'

let env: ClientEnvironment

beforeAll(async () => {
  env = await startClientEnvironment()
}, 60_000)
afterAll(() => env.close())

/** A removal that goes on until it is released, and that visibility shows already. */
async function waiting(project: string) {
  const source = await env.aClip()
  const { id } = await env.removals.start({ source, project, reference: 'waits' })
  await vi.waitFor(async () => expect(await allOf(env.removals.list({ project }))).toHaveLength(1))
  return { id, source }
}

describe('a start', () => {
  it('stages the input under the new id, which is told before', async () => {
    const source = await env.aClip('Über uns (1).mp4')
    const told: string[] = []
    let stagedWhenTold: Promise<string[]> | undefined

    const { id, joined, document } = await env.removals.start(
      { source, project: 'film' },
      {
        onId: (told0) => {
          told.push(told0)
          stagedWhenTold = env.staged(told0)
        },
      },
    )

    expect(told).toEqual([id])
    expect(await stagedWhenTold).toEqual([])
    expect(joined).toBe(false)
    expect(document).toMatchObject({ id, project: 'film', input: { source: 'Über uns (1).mp4' } })
    const [key, ...others] = await env.staged(id)
    expect(key).toMatch(/^inputs\/[^/]+\/[^/]+\/[A-Za-z0-9._-]+\.mp4$/)
    expect(others).toEqual([])
  })

  it('leaves nothing behind when it is aborted', async () => {
    const stop = new AbortController()
    let id = ''

    const refusal = await rejectionOf(
      env.removals.start(
        { source: await env.aClip() },
        {
          signal: stop.signal,
          onId: (told) => {
            id = told
            stop.abort(new Error('enough'))
          },
        },
      ),
    )

    expect(refusal).toMatchObject({ message: 'enough' })
    expect(await env.staged(id)).toEqual([])
    await expect(env.removals.status(id)).rejects.toMatchObject({ kind: 'NotFound' })
  })

  it('is told of, when its caller gives up while Temporal takes it', async () => {
    const stop = new AbortController()
    const removals = aroundStart(async (start) => {
      const runId = await start()
      stop.abort(new Error('enough'))
      return runId
    })

    const { id, document } = await removals.start({ source: await env.aClip() }, { signal: stop.signal })

    expect(document).toMatchObject({ id, state: expect.stringMatching(/accepted|processing/) })
  })

  it('is named by the failure of a start of which nobody knows whether Temporal took it', async () => {
    const removals = aroundStart(async (start) => {
      await start()
      const lost = Object.assign(new Error('14 UNAVAILABLE: connection lost'), { code: 14, details: 'lost' })
      throw new ServiceError('start', { cause: Object.assign(lost, { metadata: {} }) })
    })
    const source = await env.aClip()

    const [anyId, ownId] = [
      await rejectionOf(removals.start({ source })),
      await rejectionOf(removals.start({ source, id: `own_${Date.now()}`, user: 'ann' })),
    ]

    const [first, second] = [anyId, ownId].map((failure) => (failure as RemovalFailure).toDocument())
    const { removalId } = anyId as RemovalFailure
    expect(removalId).toMatch(/^rm_/)
    expect(first).toMatchObject({ kind: 'PlatformUnavailable', retryable: false })
    expect(first?.hint).toContain(`matteflow status ${removalId}`)
    expect(second).toMatchObject({ kind: 'PlatformUnavailable', retryable: true })
    expect(await env.removals.status(removalId ?? '')).toMatchObject({ failure: null })
  })

  it('keeps the query of a background image out of Temporal, and its key in', async () => {
    const source = await env.aClip()
    const background = 'https://example.com/sky.png?signature=very-secret'

    const { id, document } = await env.removals.start({ source, background })

    expect(document.requested?.background).toEqual({ type: 'image', imageUrl: 'https://example.com/sky.png' })
    const history = await env.client.workflow.getHandle(workflowIdOf(id)).fetchHistory()
    const text = Buffer.from(JSON.stringify(history)).toString()
    const payloads = [...text.matchAll(/"data":"([^"]+)"/g)].map(([, data]) =>
      Buffer.from(data ?? '', 'base64').toString(),
    )
    expect(payloads.join()).toContain('background-query')
    expect(text + payloads.join()).not.toContain('very-secret')
    expect(await env.staged(id)).toContainEqual(expect.stringMatching(/background-query$/))
    expect(await rejectionOf(env.removals.start({ source, background: `${background}!`, id }))).toMatchObject(
      {
        kind: 'InvalidRequest',
      },
    )
  })

  it('keeps the query of a URL out of Temporal', async () => {
    const removals = createRemovals({
      client: env.client,
      storage: env.storage,
      vendorBaseUrl: 'http://127.0.0.1:9',
    })

    const { id, document } = await removals.start({
      source: { url: 'http://127.0.0.1:9/a.mp4?token=secret' },
    })

    expect(document.input?.source).toBe('http://127.0.0.1:9/a.mp4')
    expect(await env.staged(id)).toEqual([expect.stringMatching(/\/url-query$/)])
    const { events } = await env.client.workflow.getHandle(workflowIdOf(id)).fetchHistory()
    const payloads = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? []
    const texts = payloads.map(({ data }) => Buffer.from(data ?? []).toString())
    expect(texts.join()).toContain('a.mp4')
    expect(texts.join()).not.toContain('secret')
  })
})

describe('a start under an id that is there', () => {
  it('leads to the same removal while it runs, and stages nothing', async () => {
    const id = newRemovalId()
    const request = { source: await env.aClip(), id, reference: 'waits' }
    await env.removals.start(request)
    const joinedIds: string[] = []

    const again = await env.removals.start(request, { onJoined: (joined) => joinedIds.push(joined) })

    expect(again).toMatchObject({ id, joined: true })
    expect(joinedIds).toEqual([id])
    expect(await env.staged(id)).toHaveLength(1)
  })

  it('leads to the same document after its end', async () => {
    const id = newRemovalId()
    const request = { source: await env.aClip(), id }
    const document = await env.removals.remove(request)

    expect(await env.removals.start(request)).toEqual({ id, joined: true, document })
    expect(await env.removals.remove(request)).toEqual(document)
  })

  it('is refused for another request, and stages nothing', async () => {
    const id = newRemovalId()
    const source = await env.aClip()
    await env.removals.start({ source, id, reference: 'waits' })

    for (const other of [
      { source: await env.aClip(), id },
      { source, id, model: 'light' as const },
    ])
      await expect(env.removals.start(other)).rejects.toMatchObject({
        kind: 'InvalidRequest',
        message: `id: ${id} is in use by another request`,
      })
    expect(await env.staged(id)).toHaveLength(1)
  })

  it('makes one removal and one staged input of calls at the same time', async () => {
    const request = { source: await env.aClip(), id: newRemovalId(), reference: 'waits' }

    const all = await Promise.all([1, 2, 3].map(() => env.removals.start(request)))

    expect(new Set(all.map(({ document }) => document.temporal?.runId)).size).toBe(1)
    expect(all.filter(({ joined }) => !joined)).toHaveLength(1)
    expect(await env.staged(request.id)).toHaveLength(1)
  })
})

describe('a start without an id', () => {
  it('joins the unfinished removal of the same request in its project', async () => {
    const { id, source } = await waiting('join')

    const again = await env.removals.start({ source, project: 'join', reference: 'waits' })

    expect(again).toMatchObject({ id, joined: true })
  })

  it.each([
    ['in another project', 'here', { project: 'elsewhere' }, {}],
    ['that asks for something else', 'model', { model: 'light' as const }, {}],
    ['that is to be new', 'new', {}, { isNew: true }],
  ])('joins none %s', async (_name, project, changed, options) => {
    const { id, source } = await waiting(project)

    const other = await env.removals.start({ source, project, reference: 'waits', ...changed }, options)

    expect(other.joined).toBe(false)
    expect(other.id).not.toBe(id)
  })

  it('joins none that has ended', async () => {
    const { id, source } = await waiting('ended')
    env.release(id)
    await env.removals.result(id)

    const other = await env.removals.start({ source, project: 'ended' })

    expect(other.joined).toBe(false)
  })
})

describe('an input that is none', () => {
  const file = async (name: string, content: string) => {
    const path = join(await mkdtemp(join(tmpdir(), 'matteflow-input-')), name)
    await writeFile(path, content)
    return path
  }
  it.each<[string, () => Promise<string | { stored: string } | { url: string }>, RegExp]>([
    ['a missing file', async () => '/nowhere/clip.mp4', /does not exist/],
    ['a folder', async () => tmpdir(), /is a folder/],
    ['an empty file', () => file('empty.mp4', ''), /is empty/],
    ['a letter', () => file('letter.mp4', 'Dear all, '.repeat(100)), /not a video of a known kind/],
    ['an unknown key', async () => ({ stored: 'inputs/none.mp4' }), /nothing is stored under/],
    ['a private address', async () => ({ url: 'https://127.0.0.1/clip.mp4' }), /127\.0\.0\.1/],
  ])('is refused before anything is told or staged: %s', async (_name, source, message) => {
    const onId = vi.fn()

    const refusal = await rejectionOf(env.removals.start({ source: await source() }, { onId }))

    expect(refusal).toMatchObject({ kind: 'InvalidInput', message: expect.stringMatching(message) })
    expect(onId).not.toHaveBeenCalled()
  })
})

/** Removals whose call of Temporal's start is made as the test wants. */
function aroundStart(around: (start: () => Promise<string>) => Promise<string>): Removals {
  const { connection, options } = env.client
  const client = new Client({
    connection,
    namespace: options.namespace,
    interceptors: { workflow: [{ start: (input, next) => around(() => next(input)) }] },
  })
  return createRemovals({ client, storage: env.storage })
}
