import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLedger } from '../../../adapters/ledger/ledger.ts'
import { ALWAYS, refuseForCredits } from '../../../sandbox/index.ts'
import type { Mortal } from '../plant/mortal.ts'
import type { Plant } from '../plant/plant.ts'
import { startPlant } from '../plant/plant.ts'
import type { TemporalProcess } from '../plant/temporal-process.ts'
import { startTemporalProcess } from '../plant/temporal-process.ts'
import { until } from '../plant/until.ts'
import type { Case } from './case.ts'
import { begin, endingOf, UNHARMED } from './case.ts'
import type { HeldReplies } from './held-replies.ts'
import { openHeldReplies } from './held-replies.ts'
import type { StationName } from './stations.ts'
import { leaveStations, PATIENT_CALLS, reachStations, STATION_NAMES } from './stations.ts'

/** What was reported to nobody is noticed by a time-out of half a minute; a busy machine adds the most. */
const CASE_MS = 240_000

let folder: string
let temporal: TemporalProcess
let replies: HeldReplies
let plant: Plant
let worker: Mortal
let cases: Map<StationName, Case>
let parked: Case

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'matteflow-crash-'))
  temporal = await startTemporalProcess(folder)
  replies = await openHeldReplies(() => plant.sandbox)
  plant = await startPlant({
    temporal,
    folder,
    variables: { ...PATIENT_CALLS, REMOVEBGVIDEO_BASE_URL: replies.url },
  })
  worker = await plant.startWorker()
  parked = await begin(plant, { faults: [refuseForCredits('start', 402, { occurrence: ALWAYS })] })
  cases = await reachStations(plant, replies)
  await until(async () => (await plant.removals.status(parked.id)).state === 'parked')
  await temporal.kill()
  leaveStations(plant, replies, cases)
  await until(isWorkRecorded)
  await temporal.revive()
}, CASE_MS)
afterAll(async () => {
  await plant?.close()
  await replies?.close()
  await temporal?.stop()
  await rm(folder, { recursive: true, force: true })
}, CASE_MS)

/** The worker finishes what it is at, and can tell nobody but the ledger. */
async function isWorkRecorded(): Promise<boolean> {
  const { removals, vendorJobs } = createLedger(plant.database)
  const jobOf = (station: StationName) => vendorJobs.find({ removalId: caseAt(station).id, purchase: 1 })
  const upload = await removals.find(caseAt('while its input is uploaded').id)
  const drafted = await jobOf('while its draft is made')
  const started = await jobOf('while its start is sent')
  const output = `outputs/${caseAt('while its output is fetched').id}/1/cutout.webm`
  const fetched = await stat(join(plant.storage, output)).catch(() => undefined)
  return Boolean(upload?.videoUrl && drafted && started?.startedAt && fetched)
}

function caseAt(station: StationName): Case {
  const one = cases.get(station)
  if (one === undefined) throw new Error(`${station}: not begun`)
  return one
}

describe('a removal whose Temporal server is killed and started again over its file', () => {
  it.each(STATION_NAMES)(
    '%s ends as if nothing had happened',
    async (station) => {
      expect(await endingOf(plant, caseAt(station))).toEqual(UNHARMED)
    },
    CASE_MS,
  )

  it(
    'while it is parked still waits for a person, and then ends as if nothing had happened',
    async () => {
      expect((await plant.removals.status(parked.id)).failure?.kind).toBe('InsufficientCredits')
      plant.sandbox.clearFaults(parked.input)
      await plant.removals.resume(parked.id)
      expect(await endingOf(plant, parked)).toEqual(UNHARMED)
    },
    CASE_MS,
  )

  it(
    'needs no other worker than the one that was there before',
    async () => {
      await Promise.all(STATION_NAMES.map((station) => endingOf(plant, caseAt(station))))
      expect(worker.isAlive()).toBe(true)
    },
    CASE_MS,
  )
})
