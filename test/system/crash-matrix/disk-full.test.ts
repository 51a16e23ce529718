import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { differencesIn } from './accounts.ts'
import { begin, callsOf, endingOf, UNHARMED } from './case.ts'
import type { Plant } from './plant.ts'
import { startPlant } from './plant.ts'
import type { SmallDisk } from './small-disk.ts'
import { mayMount, mountSmallDisk } from './small-disk.ts'
import { RUNNING } from './stations.ts'
import { until } from './until.ts'

const CASE_MS = 120_000
const DISKS = ['storage', 'work folder'] as const

describe.skipIf(!mayMount())('a disk that fills up before the output (needs the right to mount one)', () => {
  let folder: string
  let plant: Plant
  let disks: Record<(typeof DISKS)[number], SmallDisk>

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'matteflow-crash-'))
    disks = {
      storage: await mountSmallDisk(join(folder, 'storage')),
      'work folder': await mountSmallDisk(join(folder, 'home', 'work')),
    }
    plant = await startPlant({ folder, variables: { MATTEFLOW_OUTAGE_BUDGET: '4s' } })
    await plant.startWorker()
  }, CASE_MS)
  afterAll(async () => {
    await plant?.close()
    for (const name of DISKS) disks?.[name].unmount()
    await rm(folder, { recursive: true, force: true })
  }, CASE_MS)

  it.each(DISKS)(
    'of the %s parks the removal for it, which goes on by itself once there is room, bought once',
    async (name) => {
      const one = await begin(plant, { faults: [RUNNING] })
      await until(() => callsOf(plant, one, 'status').length > 0)
      await disks[name].fill()
      plant.sandbox.clearFaults(one.input)
      await until(async () => (await plant.removals.status(one.id)).state === 'parked')
      const { failure } = await plant.removals.status(one.id)
      await disks[name].makeRoom()

      expect(failure).toMatchObject({
        kind: 'PlatformUnavailable',
        message: expect.stringContaining('the disk is full'),
      })
      expect(await endingOf(plant, one)).toEqual(UNHARMED)
    },
    CASE_MS,
  )

  it(
    'leaves books that agree with the bill',
    async () => {
      expect(await differencesIn(plant)).toEqual([])
    },
    CASE_MS,
  )
})
