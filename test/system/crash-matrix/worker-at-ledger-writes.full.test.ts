import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findPostgres } from '#tools'
import type { DatabaseProcess } from '../plant/ledger-process.ts'
import type { Plant } from '../plant/plant.ts'
import { startPlant } from '../plant/plant.ts'
import { startPostgresProcess } from '../plant/postgres-process.ts'
import { differencesIn } from './accounts.ts'
import type { Case } from './case.ts'
import { endingOf, UNHARMED } from './case.ts'
import type { HeldWrites, Write } from './held-writes.ts'
import { beginHeldAt, HALVES, holdWrites, WRITES } from './held-writes.ts'

/** Activities without heartbeats are given up when their time is over, a minute; a busy machine adds the most. */
const CASE_MS = 240_000

const postgres = await findPostgres()

describe.skipIf(postgres === undefined)(
  'a removal whose worker is killed in the middle of writing (needs PostgreSQL)',
  () => {
    let server: DatabaseProcess
    let plant: Plant
    let held: HeldWrites
    const lost = new Map<Write, Case>()
    const committed = new Map<Write, Case>()

    beforeAll(async () => {
      server = await startPostgresProcess(postgres ?? '')
      plant = await startPlant({ databaseUrl: server.url })
      held = await holdWrites(server.url)
      for (const half of HALVES) {
        await killInTheMiddle(half, lost)
        await held.lose()
        await killInTheMiddle(half, committed)
        await held.commit()
      }
      await plant.startWorker()
    }, CASE_MS)
    afterAll(async () => {
      await held?.close()
      await plant?.close()
      await server?.kill()
      await rm(server?.folder ?? '', { recursive: true, force: true })
    }, CASE_MS)

    async function killInTheMiddle(writes: readonly Write[], cases: Map<Write, Case>): Promise<void> {
      const worker = await plant.startWorker()
      for (const [write, one] of await beginHeldAt(writes, held, plant)) cases.set(write, one)
      await worker.kill()
    }

    it.each(WRITES)(
      '%s, and the write is lost with it, ends as if nothing had happened',
      async (write) => {
        expect(await endingOf(plant, lost.get(write) as Case)).toEqual(UNHARMED)
      },
      CASE_MS,
    )

    it.each(WRITES)(
      '%s, and the write goes through unheard, ends as if nothing had happened',
      async (write) => {
        expect(await endingOf(plant, committed.get(write) as Case)).toEqual(UNHARMED)
      },
      CASE_MS,
    )

    it(
      'leaves a ledger that agrees with the bill',
      async () => {
        await Promise.all([...lost.values(), ...committed.values()].map((one) => endingOf(plant, one)))
        expect(await differencesIn(plant)).toEqual([])
      },
      CASE_MS,
    )
  },
)
