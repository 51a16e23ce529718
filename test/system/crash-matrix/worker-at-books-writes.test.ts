import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newRemovalId } from '../../../domain/removal-id.ts'
import { findPostgres } from '../../ledger/postgres-server.ts'
import type { DatabaseProcess } from './books-process.ts'
import type { Case } from './case.ts'
import { begin, endingOf, UNHARMED } from './case.ts'
import type { HeldWrites, Write } from './held-writes.ts'
import { holdWrites, WRITES } from './held-writes.ts'
import type { Plant } from './plant.ts'
import { startPlant } from './plant.ts'
import { startPostgresProcess } from './postgres-process.ts'
import { until } from './until.ts'

/** Activities without heartbeats are given up when their time is over: a minute for our own work. */
const CASE_MS = 180_000

const postgres = findPostgres()

describe.skipIf(postgres === undefined)('a worker that is killed while it writes (needs PostgreSQL)', () => {
  let server: DatabaseProcess
  let plant: Plant
  let held: HeldWrites
  const lost = new Map<Write, Case>()
  const committed = new Map<Write, Case>()

  beforeAll(async () => {
    server = await startPostgresProcess(postgres ?? '')
    plant = await startPlant({ databaseUrl: server.url })
    held = await holdWrites(server.url)
    await killInTheMiddle(lost)
    await held.lose()
    await killInTheMiddle(committed)
    await held.commit()
    await plant.startWorker()
  }, CASE_MS)
  afterAll(async () => {
    await held?.close()
    await plant?.close()
    await server?.kill()
    await rm(server?.folder ?? '', { recursive: true, force: true })
  }, CASE_MS)

  /** Holds every write once, each of a removal of its own, and kills the worker when all of them are held. */
  async function killInTheMiddle(cases: Map<Write, Case>): Promise<void> {
    const worker = await plant.startWorker()
    // Before it is held, the end of the way takes as long as the vendor needs.
    for (const write of WRITES.toReversed()) {
      const id = newRemovalId()
      await held.hold(id, write)
      cases.set(write, await begin(plant, { id }))
    }
    await until(async () => (await held.waiting()) === WRITES.length)
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
})
