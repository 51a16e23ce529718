import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { ListFilter } from '../../client/index.ts'
import { allOf } from './support/all-of.ts'
import type { ClientEnvironment } from './support/client-environment.ts'
import { rejectionOf, startClientEnvironment } from './support/client-environment.ts'

let env: ClientEnvironment
const ids = { waiting: '', parked: '', failed: '', succeeded: '' }
let betweenStarts: Date

beforeAll(async () => {
  env = await startClientEnvironment()
  const start = async (project: string, reference?: string) =>
    (await env.removals.start({ source: await env.aClip(), project, ...(reference && { reference }) })).id
  ids.waiting = await start('film', 'waits')
  ids.parked = await start('film', 'parks')
  betweenStarts = new Date()
  ids.failed = await start('shop', 'fails')
  ids.succeeded = await start('shop')
  await rejectionOf(env.removals.result(ids.parked))
  await rejectionOf(env.removals.result(ids.failed))
  await env.removals.result(ids.succeeded)
  // Visibility follows a moment later.
  const states = async () => (await allOf(env.removals.list())).map(({ state }) => state).sort()
  await vi.waitFor(async () =>
    expect(await states()).toEqual(['failed', 'parked', 'processing', 'succeeded']),
  )
})
afterAll(() => env.close())

const listed = async (filter: ListFilter) => (await allOf(env.removals.list(filter))).map(({ id }) => id)

describe('a list of removals', () => {
  it('is newest first', async () => {
    expect(await listed({})).toEqual([ids.succeeded, ids.failed, ids.parked, ids.waiting])
    expect(await listed({ limit: 2 })).toEqual([ids.succeeded, ids.failed])
  })

  it('reaches back as far as there are removals', async () => {
    const twoDaysMs = 2 * 86_400_000
    const clock = vi
      .spyOn(Date, 'now')
      .mockImplementation(() => performance.timeOrigin + performance.now() + twoDaysMs)
    onTestFinished(() => clock.mockRestore())

    expect(await listed({ limit: 3 })).toEqual([ids.succeeded, ids.failed, ids.parked])
    expect(await listed({ since: new Date(Date.now() - twoDaysMs / 2) })).toEqual([])
  })

  it('narrows by state, project, time and what was asked for', async () => {
    expect(await listed({ state: 'parked' })).toEqual([ids.parked])
    expect(await listed({ state: 'failed' })).toEqual([ids.failed])
    expect(await listed({ project: 'film' })).toEqual([ids.parked, ids.waiting])
    expect(await listed({ project: 'film', state: 'processing' })).toEqual([ids.waiting])
    expect(await listed({ since: betweenStarts })).toEqual([ids.succeeded, ids.failed])
    expect(await listed({ failure: 'InsufficientCredits' })).toEqual([ids.parked])
    expect(await listed({ fingerprint: 'none' })).toEqual([])
  })

  it('narrows by the time at which a removal was parked, not by that of its start', async () => {
    const [{ parkedSince } = { parkedSince: null }] = await allOf(env.removals.list({ state: 'parked' }))
    const at = Date.parse(parkedSince ?? '')

    expect(await listed({ parkedSince: new Date(at) })).toEqual([ids.parked])
    expect(await listed({ parkedSince: new Date(at), failure: 'InsufficientCredits' })).toEqual([ids.parked])
    expect(await listed({ parkedSince: new Date(at), failure: 'UnknownOutcome' })).toEqual([])
    expect(await listed({ parkedSince: new Date(at + 1) })).toEqual([])
    expect(await listed({ parkedSince: new Date(0) })).toEqual([ids.parked])
  })

  it('tells what each removal waits for or failed with', async () => {
    const [parked] = await allOf(env.removals.list({ state: 'parked' }))
    const [failed] = await allOf(env.removals.list({ state: 'failed' }))

    expect(parked).toMatchObject({
      failure: { kind: 'InsufficientCredits', message: 'the vendor says InsufficientCredits' },
    })
    expect(failed).toMatchObject({ failure: { kind: 'ProcessingFailed' } })
  })

  it('cannot be widened by a value with quotes', async () => {
    expect(await listed({ project: "x' OR RemovalProject != 'x" })).toEqual([])
    expect(await listed({ project: "\\' OR 1=1 --" })).toEqual([])
  })

  it('refuses a time that is none', async () => {
    await expect(listed({ since: new Date('never') })).rejects.toMatchObject({ kind: 'InvalidRequest' })
  })
})
