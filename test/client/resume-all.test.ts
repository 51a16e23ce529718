import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Resumption } from '../../client/index.ts'
import { allOf } from './support/all-of.ts'
import type { ClientEnvironment } from './support/client-environment.ts'
import { rejectionOf, startClientEnvironment } from './support/client-environment.ts'

let env: ClientEnvironment

beforeAll(async () => {
  env = await startClientEnvironment()
})
afterAll(() => env.close())

/** Removals of a project that stand parked, as visibility shows them as well, the first one for longest. */
async function parked(project: string, number: number, reference = 'parks'): Promise<string[]> {
  const ids: string[] = []
  for (let made = 0; made < number; made += 1) {
    const { id } = await env.removals.start({ source: await env.aClip(), project, reference })
    await rejectionOf(env.removals.result(id))
    ids.push(id)
  }
  await vi.waitFor(async () =>
    expect(await allOf(env.removals.list({ project, state: 'parked' }))).toHaveLength(number),
  )
  return ids
}

const kind = 'InsufficientCredits'

describe('resuming all that is parked for one kind', () => {
  it('resumes those of the project and no others', async () => {
    const ids = await parked('film', 3)
    const [other] = await parked('shop', 1)
    const told: Resumption[] = []

    const counts = await env.removals.resumeAll(
      { kind, project: 'film' },
      { ratePerSecond: 100, onResumed: (resumption) => told.push(resumption) },
    )

    expect(counts).toEqual({ resumed: 3, refused: 0, gone: 0, parked: 0 })
    expect(told.map(({ id }) => id).sort()).toEqual([...ids].sort())
    for (const id of ids) expect((await env.removals.result(id)).state).toBe('succeeded')
    expect((await env.removals.status(other ?? '')).state).toBe('parked')
  })

  it('changes nothing in a dry run, which says which and since when, the longest parked first', async () => {
    const ids = await parked('dry', 2)
    const told: Resumption[] = []

    const counts = await env.removals.resumeAll(
      { kind, project: 'dry' },
      { isDryRun: true, onResumed: (resumption) => told.push(resumption) },
    )

    expect(counts).toEqual({ resumed: 0, refused: 0, gone: 0, parked: 2 })
    expect(told.map(({ id, outcome }) => [id, outcome])).toEqual(ids.map((id) => [id, 'parked']))
    for (const { parkedSince } of told) expect(parkedSince).toMatch(/^\d{4}-\d\d-\d\dT/)
    for (const id of ids) expect((await env.removals.status(id)).state).toBe('parked')
  })

  it('tells of one that went on before its turn as gone', async () => {
    const [first = '', second = ''] = await parked('gone', 2)

    const counts = await env.removals.resumeAll(
      { kind, project: 'gone' },
      // Slow enough that the other's turn comes after somebody else has resumed it.
      {
        ratePerSecond: 4,
        onResumed: ({ outcome, id }) =>
          outcome === 'resumed' && void env.removals.resume(id === first ? second : first),
      },
    )

    expect(counts).toEqual({ resumed: 1, refused: 0, gone: 1, parked: 0 })
  })

  it('stops when it is told to, and leaves the rest parked', async () => {
    await parked('stop', 3)
    const stop = new AbortController()

    const refusal = await rejectionOf(
      env.removals.resumeAll(
        { kind, project: 'stop' },
        { ratePerSecond: 1, signal: stop.signal, onResumed: () => stop.abort(new Error('enough')) },
      ),
    )

    expect(refusal).toMatchObject({ message: 'enough' })
    await vi.waitFor(async () =>
      expect(await allOf(env.removals.list({ project: 'stop', state: 'parked' }))).toHaveLength(2),
    )
  })

  it.each([
    ['UnknownOutcome', 'a question of its own'],
    ['ProcessingFailed', 'never park'],
  ] as const)('refuses %s', async (refused, reason) => {
    const [id = ''] = await parked(refused, 1, 'asks')

    await expect(
      env.removals.resumeAll({ kind: refused, project: refused }, { ratePerSecond: 100 }),
    ).rejects.toMatchObject({ kind: 'InvalidRequest', message: expect.stringContaining(reason) })
    expect((await env.removals.status(id)).state).toBe('parked')
  })
})
