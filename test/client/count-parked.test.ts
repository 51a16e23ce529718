import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { countParked } from '../../client/control/count-parked.ts'
import type { ClientEnvironment } from './support/client-environment.ts'
import { rejectionOf, startClientEnvironment } from './support/client-environment.ts'

let env: ClientEnvironment

beforeAll(async () => {
  env = await startClientEnvironment()
})
afterAll(() => env.close())

it('counts what stands parked by kind, with the time of the oldest', async () => {
  expect(await countParked(env.client)).toEqual([])
  const ids: string[] = []
  for (const reference of ['parks', 'parks', 'asks', 'waits']) {
    const { id } = await env.removals.start({ source: await env.aClip(), reference })
    if (reference !== 'waits') await rejectionOf(env.removals.result(id))
    ids.push(id)
  }
  const since = async (index: number) =>
    new Date((await env.removals.status(ids[index] ?? '')).parkedSince ?? '')
  const expected = [
    { kind: 'InsufficientCredits', project: 'default', count: 2, oldestSince: await since(0) },
    { kind: 'UnknownOutcome', project: 'default', count: 1, oldestSince: await since(2) },
  ]

  await vi.waitFor(async () =>
    expect((await countParked(env.client)).sort((a, b) => a.kind.localeCompare(b.kind))).toEqual(expected),
  )
})
