import { randomUUID } from 'node:crypto'
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { partFileOf } from '../../activities/retrieve/part-file.ts'
import { oneChunk } from '../../adapters/storage/storage.ts'
import { createInputSweep } from '../../worker/recurring/sweep-inputs.ts'
import { sweepOnce } from '../../worker/recurring/sweep-leftovers.ts'
import { aCompleted } from './support/bought-so-far.ts'
import { runActivity } from './support/run-activity.ts'
import type { Stage } from './support/stage.ts'
import { aStagedRequest, LABELS, useStages } from './support/stage.ts'

const aStage = useStages()
const DAY_MS = 86_400_000

async function leave({ deps }: Stage, removalId: string, ageMs: number): Promise<string> {
  const path = partFileOf({ removalId, purchase: 1 }, deps)
  const at = new Date(Date.now() - ageMs)
  for (const file of [path, `${path}.resume`]) {
    await writeFile(file, 'half a matte')
    await utimes(file, at, at)
  }
  return path
}

async function anEnded(stage: Stage): Promise<string> {
  const { removalId } = await aCompleted(stage)
  await settle(stage, removalId)
  return removalId
}

async function settle({ activities }: Stage, removalId: string): Promise<void> {
  await runActivity(activities.settleRemoval, {
    ...{ removalId, labels: LABELS },
    state: 'cancelled',
    served: null,
    output: null,
    failure: null,
    temporal: { workflowId: 'removal/x', runId: 'r', namespace: 'default' },
  })
}

it('removes the downloads of removals that have ended, and none that a removal may go on from', async () => {
  const stage = await aStage()
  const open = (await aCompleted(stage)).removalId
  const ended = await anEnded(stage)
  await leave(stage, open, 30 * DAY_MS)
  await leave(stage, ended, 2 * DAY_MS)
  await leave(stage, 'rm_of-another-ledger', 2 * DAY_MS)
  await leave(stage, 'rm_young', 60_000)

  expect(await sweepOnce(stage.deps)).toEqual({ downloads: 2, writes: 0 })
  expect((await readdir(stage.deps.workFolder)).filter((name) => name.endsWith('.part')).toSorted()).toEqual(
    [`${open}-1.part`, 'rm_young-1.part'].toSorted(),
  )
  expect(await readdir(stage.deps.workFolder)).toHaveLength(4)
})

it('removes writes to the storage that nobody has gone on with for a week', async () => {
  const stage = await aStage()
  const partial = join(stage.home, 'storage', '.partial')
  await mkdir(partial, { recursive: true })
  for (const [name, days] of [
    ['dead', 8],
    ['slow', 6],
  ] as const) {
    const at = new Date(Date.now() - days * DAY_MS)
    await writeFile(join(partial, name), 'half a video')
    await utimes(join(partial, name), at, at)
  }

  expect(await sweepOnce(stage.deps)).toEqual({ downloads: 0, writes: 1 })
  expect(await readdir(partial)).toEqual(['slow'])
})

describe('an input in the storage', () => {
  const keyOf = (id: string) => `inputs/${id}/${randomUUID()}/walk.mp4`
  const put = async ({ deps }: Stage, key: string): Promise<string> => {
    await deps.storage.write(key, oneChunk('a video'))
    return key
  }
  async function inputsOf({ deps }: Stage): Promise<Set<string>> {
    const keys = new Set<string>()
    for await (const key of deps.storage.list('inputs')) keys.add(key)
    return keys
  }

  it('goes once its removal has ended, and when its removal never began', async () => {
    const stage = await aStage()
    const open = await put(stage, keyOf((await aCompleted(stage)).removalId))
    const ended = await put(stage, keyOf(await anEnded(stage)))
    const notAdmitted = await put(stage, keyOf('rm_not-admitted'))
    const neverBegun = await put(stage, keyOf('rm_never-begun'))
    const own = await put(stage, 'inputs/of-mine/walk.mp4')
    const sweep = createInputSweep({ ...stage.deps, isRunning: async (id) => id === 'rm_not-admitted' })

    expect(await sweep()).toBe(1)
    expect((await inputsOf(stage)).has(ended)).toBe(false)
    // Whoever staged it may be about to start.
    expect((await inputsOf(stage)).has(neverBegun)).toBe(true)
    expect(await sweep()).toBe(1)
    const left = await inputsOf(stage)
    expect([open, notAdmitted, neverBegun, own].map((key) => left.has(key))).toEqual([
      true,
      true,
      false,
      true,
    ])
  })

  it('that another removal reads stays through the end of its own, and goes after both', async () => {
    const stage = await aStage()
    const first = await aCompleted(stage)
    const asked = await aStagedRequest(stage)
    const key = keyOf(first.removalId)
    await stage.deps.storage.write(key, await stage.deps.storage.read(asked.staged.key))
    const second = { ...asked, request: { source: { stored: key } }, staged: { ...asked.staged, key } }
    await runActivity(stage.activities.admitRemoval, second)
    const sweep = createInputSweep({ ...stage.deps, isRunning: async () => true })

    await settle(stage, first.removalId)
    expect(await sweep()).toBe(0)
    expect((await inputsOf(stage)).has(key)).toBe(true)
    await settle(stage, second.removalId)
    expect(await sweep()).toBe(1)
  })
})
