import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { partFileOf } from '../../activities/retrieve/part-file.ts'
import { sweepOnce } from '../../worker/sweep-leftovers.ts'
import { aCompleted } from './support/bought-so-far.ts'
import { runActivity } from './support/run-activity.ts'
import type { Stage } from './support/stage.ts'
import { useStages } from './support/stage.ts'

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
  const removal = await aCompleted(stage)
  await runActivity(stage.activities.settleRemoval, {
    ...removal,
    state: 'cancelled',
    served: null,
    output: null,
    failure: null,
    temporal: { workflowId: 'removal/x', runId: 'r', namespace: 'default' },
  })
  return removal.removalId
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
