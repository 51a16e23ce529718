import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DatabaseProcess } from '../plant/ledger-process.ts'
import { startLedgerProcess } from '../plant/ledger-process.ts'
import type { Plant } from '../plant/plant.ts'
import { startPlant } from '../plant/plant.ts'
import type { TemporalProcess } from '../plant/temporal-process.ts'
import { startTemporalProcess } from '../plant/temporal-process.ts'
import { differencesIn } from './accounts.ts'
import type { Case } from './case.ts'
import { endingOf, UNHARMED } from './case.ts'
import type { HeldReplies } from './held-replies.ts'
import { openHeldReplies } from './held-replies.ts'
import type { StationName } from './stations.ts'
import { leaveStations, reachStations, STATION_NAMES } from './stations.ts'

/** What a dead worker was at is noticed by its time-outs; a busy machine adds the most. */
const CASE_MS = 240_000

let folder: string
let temporal: TemporalProcess
let ledger: DatabaseProcess
let replies: HeldReplies
let plant: Plant
let cases: Map<StationName, Case>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'matteflow-crash-'))
  ;[temporal, ledger] = await Promise.all([
    startTemporalProcess(folder),
    startLedgerProcess(join(folder, 'home')),
  ])
  replies = await openHeldReplies(() => plant.sandbox)
  const variables = { REMOVEBGVIDEO_BASE_URL: replies.url }
  plant = await startPlant({ temporal, folder, databaseUrl: ledger.url, variables })
  const worker = await plant.startWorker()
  cases = await reachStations(plant, replies)
  await Promise.all([worker.kill(), ledger.kill(), temporal.kill()])
  leaveStations(plant, replies, cases)
  await Promise.all([ledger.revive(), temporal.revive()])
  await plant.startWorker()
}, CASE_MS)
afterAll(async () => {
  await plant?.close()
  await replies?.close()
  await ledger?.kill()
  await temporal?.stop()
  await rm(folder, { recursive: true, force: true })
}, CASE_MS)

describe('a removal whose worker, ledger and Temporal server are killed at once, and started again', () => {
  it.each(STATION_NAMES)(
    '%s ends as if nothing had happened',
    async (station) => {
      expect(await endingOf(plant, cases.get(station) as Case)).toEqual(UNHARMED)
    },
    CASE_MS,
  )

  it(
    'leaves a ledger that agrees with the bill',
    async () => {
      await Promise.all([...cases.values()].map((one) => endingOf(plant, one)))
      expect(await differencesIn(plant)).toEqual([])
    },
    CASE_MS,
  )
})
