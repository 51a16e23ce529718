import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findPostgres } from '#tools'
import type { DatabaseProcess } from '../plant/ledger-process.ts'
import type { Mortal } from '../plant/mortal.ts'
import type { Plant } from '../plant/plant.ts'
import { startPlant } from '../plant/plant.ts'
import { startPostgresProcess } from '../plant/postgres-process.ts'
import { differencesIn } from './accounts.ts'
import type { Case } from './case.ts'
import { endingOf, UNHARMED } from './case.ts'
import type { Write } from './held-writes.ts'
import { beginHeldAt, HALVES, holdWrites, WRITES } from './held-writes.ts'

const CASE_MS = 240_000

const postgres = await findPostgres()

describe.skipIf(postgres === undefined)(
  'a removal whose PostgreSQL is killed in the middle of a write (needs PostgreSQL)',
  () => {
    let server: DatabaseProcess
    let plant: Plant
    let worker: Mortal
    const cases = new Map<Write, Case>()

    beforeAll(async () => {
      server = await startPostgresProcess(postgres ?? '')
      plant = await startPlant({ databaseUrl: server.url })
      worker = await plant.startWorker()
      for (const half of HALVES) {
        const held = await holdWrites(server.url)
        for (const [write, one] of await beginHeldAt(half, held, plant)) cases.set(write, one)
        await server.kill()
        await server.revive()
      }
    }, CASE_MS)
    afterAll(async () => {
      await plant?.close()
      await server?.kill()
      await rm(server?.folder ?? '', { recursive: true, force: true })
    }, CASE_MS)

    it.each(WRITES)(
      '%s, ends as if nothing had happened',
      async (write) => {
        expect(await endingOf(plant, cases.get(write) as Case)).toEqual(UNHARMED)
      },
      CASE_MS,
    )

    it(
      'leaves a ledger that agrees with the bill, and a worker that lives on',
      async () => {
        await Promise.all([...cases.values()].map((one) => endingOf(plant, one)))
        expect(await differencesIn(plant)).toEqual([])
        expect(worker.isAlive()).toBe(true)
      },
      CASE_MS,
    )
  },
)
