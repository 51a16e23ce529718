import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Route } from '../../../sandbox/index.ts'
import type { Plant } from '../plant/plant.ts'
import { startPlant } from '../plant/plant.ts'
import { until } from '../plant/until.ts'
import { differencesIn } from './accounts.ts'
import type { Case } from './case.ts'
import { begin, endingOf, newCase, UNHARMED } from './case.ts'
import type { HeldReplies } from './held-replies.ts'
import { openHeldReplies } from './held-replies.ts'
import type { SmallDisk } from './small-disk.ts'
import { mayMount, mountSmallDisk } from './small-disk.ts'

const CASE_MS = 240_000
/** A start is given up 38 s after it was asked for, everything else sooner. */
const SHORT_PATIENCE = { MATTEFLOW_CALL_TIMEOUT: '3s', MATTEFLOW_OUTAGE_BUDGET: '4s' } as const

const DISKS = ['storage', 'work folder'] as const
interface Row {
  disk: (typeof DISKS)[number]
  when: string
  /** The vendor's answer that is under way while the disk fills up. */
  held: Route
}
const ROWS: Row[] = [
  { disk: 'storage', when: 'before the output', held: 'status' },
  { disk: 'work folder', when: 'before the output', held: 'status' },
  { disk: 'storage', when: 'before the start', held: 'create' },
]

describe.skipIf(!mayMount())('a disk that fills up (needs the right to mount one)', () => {
  let folder: string
  let disks: Record<Row['disk'], SmallDisk>
  let plant: Plant
  let replies: HeldReplies

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'matteflow-crash-'))
    disks = {
      storage: await mountSmallDisk(join(folder, 'storage')),
      'work folder': await mountSmallDisk(join(folder, 'home', 'work')),
    }
    replies = await openHeldReplies(() => plant.sandbox)
    const variables = { ...SHORT_PATIENCE, REMOVEBGVIDEO_BASE_URL: replies.url }
    plant = await startPlant({ folder, variables })
    await plant.startWorker()
  }, CASE_MS)
  afterAll(async () => {
    await plant?.close()
    await replies?.close()
    for (const name of DISKS) disks?.[name].unmount()
    await rm(folder, { recursive: true, force: true })
  }, CASE_MS)

  async function beginHeldAt(route: Route): Promise<Case> {
    const one = newCase()
    replies.hold(one, route)
    await begin(plant, { id: one.id })
    await until(() => replies.isHeld(one, route))
    return one
  }

  it.each(ROWS)(
    'under the $disk $when parks the removal, which goes on by itself once there is room, bought once',
    async ({ disk, held }) => {
      const one = await beginHeldAt(held)
      await disks[disk].fill()
      replies.release()
      const complaint = await complaintOf(one)
      await disks[disk].makeRoom()

      expect(complaint).toContain('the disk is full')
      expect(await endingOf(plant, one)).toEqual(UNHARMED)
    },
    CASE_MS,
  )

  /** What a removal says that is parked for an outage of ours; it may wake up soon, to no avail. */
  async function complaintOf({ id }: Case): Promise<string | undefined> {
    let message: string | undefined
    await until(async () => {
      const { state, failure } = await plant.removals.status(id)
      message = failure?.message
      return state === 'parked' && failure?.kind === 'PlatformUnavailable'
    })
    return message
  }

  it(
    'leaves a ledger that agrees with the bill',
    async () => {
      expect(await differencesIn(plant)).toEqual([])
    },
    CASE_MS,
  )
})
