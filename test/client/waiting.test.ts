import { getEventListeners } from 'node:events'
import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { RemovalDocument } from '../../client/index.ts'
import { createRemovals, documentOf } from '../../client/index.ts'
import { workflowIdOf } from '../../domain/removal-id.ts'
import type { ClientEnvironment } from './support/client-environment.ts'
import { rejectionOf, startClientEnvironment } from './support/client-environment.ts'
import type { Script } from './support/scripted-workflow.ts'

let env: ClientEnvironment

beforeAll(async () => {
  env = await startClientEnvironment()
}, 60_000)
afterAll(() => env.close())

const started = async (script?: Script) =>
  (await env.removals.start({ source: await env.aClip(), ...(script && { reference: script }) })).id

async function inState(id: string, state: string): Promise<RemovalDocument> {
  return vi.waitFor(async () => {
    const document = await env.removals.status(id)
    expect(document.state).toBe(state)
    return document
  })
}

describe('the result of a removal', () => {
  it('is the document of its success, after every change was told', async () => {
    const id = await started('waits')
    const states: string[] = []
    const result = env.removals.result(id, { onUpdate: ({ state }) => states.push(state) })
    await vi.waitFor(() => expect(states).toContain('processing'))
    env.release(id)

    const document = await result

    expect(document).toMatchObject({ id, state: 'succeeded', failure: null })
    expect(states.at(-1)).toBe('succeeded')
  })

  it('rejects with the kind of its failure, which has the document', async () => {
    const failure = await rejectionOf(env.removals.result(await started('fails')))

    expect(failure).toMatchObject({ kind: 'ProcessingFailed' })
    expect(documentOf(failure)).toMatchObject({ state: 'failed', failure: { kind: 'ProcessingFailed' } })
  })

  it('rejects when the removal is parked', async () => {
    const id = await started('parks')

    const failure = await rejectionOf(env.removals.result(id))

    expect(failure).toMatchObject({ kind: 'InsufficientCredits' })
    expect(documentOf(failure)).toMatchObject({ id, state: 'parked', parkedSince: expect.any(String) })
  })

  it('waits while the removal is parked when it is told to', async () => {
    const id = await started('parks')
    const result = env.removals.result(id, { waitWhileParked: true })
    await inState(id, 'parked')

    await expect(env.removals.resume(id)).resolves.toEqual({
      parkedFor: 'InsufficientCredits',
      state: 'parked',
    })
    expect((await result).state).toBe('succeeded')
  })

  it('stops waiting when it is told to; the removal goes on', async () => {
    const id = await started('waits')

    const failure = await rejectionOf(env.removals.result(id, { signal: AbortSignal.timeout(300) }))

    expect(failure).toMatchObject({ name: 'TimeoutError' })
    expect((await env.removals.status(id)).state).toBe('processing')
  })
})

describe('somebody who watches a removal', () => {
  it('asks Temporal once a pause, and leaves nothing on the signal', async () => {
    const id = await started('waits')
    await inState(id, 'processing')
    const polls = vi.spyOn(env.client.workflowService, 'getWorkflowExecutionHistory')
    const watching = new AbortController()

    const result = env.removals.result(id, { signal: watching.signal })
    await vi.waitFor(() => expect(polls.mock.calls.length).toBeGreaterThan(1), 5_000)
    const startedAt = Date.now()
    await vi.waitFor(() => expect(polls.mock.calls.length).toBeGreaterThan(3), 10_000)

    // The first pauses are a quarter of a second, and grow.
    expect(Date.now() - startedAt).toBeGreaterThan(400)
    expect(getEventListeners(watching.signal, 'abort').length).toBeLessThan(3)
    watching.abort()
    await expect(result).rejects.toMatchObject({ name: 'AbortError' })
    polls.mockRestore()
  })
})

describe('the status of a removal', () => {
  it('shows the vendor job and its progress', async () => {
    const id = await started('waits')
    await vi.waitFor(async () => expect((await env.removals.status(id)).progress).toBe(40))

    expect(await env.removals.status(id)).toMatchObject({
      state: 'processing',
      requested: { model: expect.any(String) },
      vendorJobs: [{ id: `job-${id}`, state: 'rendering' }],
      output: null,
      finishedAt: null,
    })
  })

  it('says so when an operator terminated it', async () => {
    const id = await started('waits')
    await env.client.workflow.getHandle(workflowIdOf(id)).terminate('enough')

    const expected = { kind: 'Unexpected', message: `removal ${id} was terminated by an operator` }
    expect(await env.removals.status(id)).toMatchObject({ state: 'failed', failure: expected })
    await expect(env.removals.result(id)).rejects.toMatchObject(expected)
  })
})

describe('a cancellation', () => {
  it('ends the removal with the document it left', async () => {
    const id = await started('waits')
    await inState(id, 'processing')

    expect(await env.removals.cancel(id)).toMatchObject({ id, state: 'cancelled' })
    await expect(env.removals.result(id)).rejects.toMatchObject({ kind: 'Cancelled' })
  })

  it('leaves what has ended as it is', async () => {
    const id = await started()
    const document = await env.removals.result(id)

    expect(await env.removals.cancel(id)).toEqual(document)
  })
})

describe('a resume', () => {
  it.each(['waits', undefined] as const)('is refused for a removal that %s', async (script) => {
    const id = await started(script)
    if (script === undefined) await env.removals.result(id)

    await expect(env.removals.resume(id)).rejects.toMatchObject({
      kind: 'InvalidRequest',
      message: expect.stringContaining('is not parked'),
    })
  })

  it('is refused with an answer that nobody asked for', async () => {
    const id = await started('parks')
    await inState(id, 'parked')

    await expect(env.removals.resume(id, { as: 'started' })).rejects.toMatchObject({ kind: 'InvalidRequest' })
    expect((await env.removals.status(id)).state).toBe('parked')
  })
})

describe('watching', () => {
  it('shows each change once, until the end', async () => {
    const id = await started('waits')
    const shown: RemovalDocument[] = []

    for await (const document of env.removals.watch(id, { intervalMs: 50 })) {
      shown.push(document)
      if (document.progress === 40) env.release(id)
    }

    expect(shown.at(-1)?.state).toBe('succeeded')
    expect(new Set(shown.map((document) => JSON.stringify(document))).size).toBe(shown.length)
  })
})

describe('an id that Temporal does not know', () => {
  it.each(['status', 'result', 'cancel', 'resume'] as const)('is refused by %s', async (method) => {
    await expect(env.removals[method]('rm_none')).rejects.toMatchObject({
      kind: 'NotFound',
      message: expect.stringContaining('no removal rm_none'),
    })
  })
})

describe('a Temporal that is not there', () => {
  it('is told as unavailable, with its address', async () => {
    const connection = Connection.lazy({ address: '127.0.0.1:9' })
    const client = new Client({ connection })
    const removals = createRemovals({ client, storage: env.storage, outagePatienceMs: 0 })

    const failures = await Promise.all(
      [removals.status('rm_1'), removals.result('rm_1'), removals.cancel('rm_1')].map(rejectionOf),
    )

    for (const failure of failures)
      expect(failure).toMatchObject({
        kind: 'PlatformUnavailable',
        message: 'Temporal at 127.0.0.1:9 cannot be reached',
      })
    await connection.close()
  }, 30_000)
})
