import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findPostgres } from '#tools'
import type { DatabaseProcess } from '../plant/ledger-process.ts'
import { startLedgerProcess } from '../plant/ledger-process.ts'
import type { Mortal } from '../plant/mortal.ts'
import type { Plant } from '../plant/plant.ts'
import { startPlant } from '../plant/plant.ts'
import { startPostgresProcess } from '../plant/postgres-process.ts'
import { until } from '../plant/until.ts'
import { differencesIn } from './accounts.ts'
import type { Case } from './case.ts'
import { begin, callsOf, endingOf, UNHARMED } from './case.ts'
import { hasMet } from './has-met.ts'
import type { HeldReplies } from './held-replies.ts'
import { openHeldReplies } from './held-replies.ts'
import { leaveStations, PATIENT_CALLS, reachStations, STATION_NAMES } from './stations.ts'

const CASE_MS = 240_000
const CROWD = 8

const postgres = await findPostgres()
if (postgres === undefined) it.skip('the same with PostgreSQL, which is not installed here', () => {})

describe.each([
  { server: 'the embedded ledger', start: (folder: string) => startLedgerProcess(join(folder, 'home')) },
  ...(postgres === undefined ? [] : [{ server: 'PostgreSQL', start: () => startPostgresProcess(postgres) }]),
])('a removal whose ledger is killed and served again from its files ($server)', ({ start }) => {
  let folder: string
  let server: DatabaseProcess
  let replies: HeldReplies
  let plant: Plant
  let worker: Mortal
  let crowd: Case[]
  const cases = new Map<string, Case>()

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'matteflow-crash-'))
    server = await start(folder)
    replies = await openHeldReplies(() => plant.sandbox)
    const variables = { ...PATIENT_CALLS, REMOVEBGVIDEO_BASE_URL: replies.url }
    plant = await startPlant({ folder, databaseUrl: server.url, variables })
    worker = await plant.startWorker()
    for (const [station, one] of await reachStations(plant, replies)) cases.set(station, one)
    crowd = await Promise.all(Array.from({ length: CROWD }, () => begin(plant)))
    await until(() => crowd.some((one) => callsOf(plant, one, 'start').length > 0))
    await server.kill()
    cases.set('before it is admitted', await begin(plant))
    leaveStations(plant, replies, cases)
    await until(async () => {
      const met = await Promise.all(
        [...cases.values()].map((one) => hasMet(plant, one, 'PlatformUnavailable')),
      )
      return met.every(Boolean)
    })
    await server.revive()
  }, CASE_MS)
  afterAll(async () => {
    await plant?.close()
    await replies?.close()
    await server?.kill()
    await rm(server?.folder ?? '', { recursive: true, force: true })
    await rm(folder, { recursive: true, force: true })
  }, CASE_MS)

  it.each(['before it is admitted', ...STATION_NAMES])(
    '%s ends as if nothing had happened',
    async (station) => {
      expect(await endingOf(plant, cases.get(station) as Case)).toEqual(UNHARMED)
    },
    CASE_MS,
  )

  it(
    'at whatever moment ends as if nothing had happened',
    async () => {
      const endings = await Promise.all(crowd.map((one) => endingOf(plant, one)))
      expect(endings).toEqual(crowd.map(() => UNHARMED))
    },
    CASE_MS,
  )

  it(
    'leaves a ledger that agrees with the bill, and a worker that lives on',
    async () => {
      await Promise.all([...cases.values(), ...crowd].map((one) => endingOf(plant, one)))
      expect(await differencesIn(plant)).toEqual([])
      expect(worker.isAlive()).toBe(true)
    },
    CASE_MS,
  )
})
