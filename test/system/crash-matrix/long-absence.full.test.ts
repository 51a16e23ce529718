import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { millisecondsFrom } from '../../../domain/duration.ts'
import { workflowIdOf } from '../../../domain/removal-id.ts'
import type { DatabaseProcess } from '../plant/ledger-process.ts'
import { startLedgerProcess } from '../plant/ledger-process.ts'
import type { Plant } from '../plant/plant.ts'
import { startPlant } from '../plant/plant.ts'
import { until } from '../plant/until.ts'
import { differencesIn } from './accounts.ts'
import type { Case } from './case.ts'
import { begin, endingOf, newCase, UNHARMED } from './case.ts'
import type { HeldReplies } from './held-replies.ts'
import { openHeldReplies } from './held-replies.ts'

const CASE_MS = 240_000
/** A start is given up 32 s after it was asked for; the deadline passes before that, and long after the start was sent. */
const SHORT_PATIENCE = { MATTEFLOW_CALL_TIMEOUT: '2s', MATTEFLOW_OUTAGE_BUDGET: '2s' } as const
const DEADLINE = '25s'

interface HeldPlant {
  plant: Plant
  held: HeldReplies
}

describe('a removal whose start was heard, and whose deadline passes', () => {
  let folder: string
  let ledger: DatabaseProcess
  const plants: Plant[] = []
  const replies: HeldReplies[] = []
  let withoutLedger: Case
  let withoutWorker: Case

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'matteflow-crash-'))
    ledger = await startLedgerProcess(folder)
    // One after the other, since starting is what a busy machine is slow at; they wait together.
    const [first, second] = [await aPlant(ledger.url), await aPlant()]
    await Promise.all([loseLedger(first), loseWorker(second)])
  }, CASE_MS)
  afterAll(async () => {
    await Promise.all([...plants, ...replies].map((part) => part.close()))
    await ledger?.kill()
    await rm(folder, { recursive: true, force: true })
  }, CASE_MS)

  async function loseLedger({ plant, held }: HeldPlant): Promise<void> {
    await plant.startWorker()
    withoutLedger = await beginUntilHeard(plant, held)
    await ledger.kill()
    held.release()
    await until(async () => (await plant.removals.status(withoutLedger.id)).state === 'parked')
    await ledger.revive()
  }

  async function loseWorker({ plant, held }: HeldPlant): Promise<void> {
    const worker = await plant.startWorker()
    withoutWorker = await beginUntilHeard(plant, held)
    await worker.kill()
    held.release()
    await until(() => isPastDeadline(plant, withoutWorker))
    await plant.startWorker()
  }

  async function aPlant(databaseUrl?: string): Promise<HeldPlant> {
    const held: HeldReplies = await openHeldReplies(() => plant.sandbox)
    replies.push(held)
    const variables = { ...SHORT_PATIENCE, REMOVEBGVIDEO_BASE_URL: held.url }
    const plant = await startPlant({ variables, ...(databaseUrl === undefined ? {} : { databaseUrl }) })
    plants.push(plant)
    return { plant, held }
  }

  it(
    'while its ledger is away ends as if nothing had happened',
    async () => {
      const [plant] = plants.filter(({ environment }) => environment['DATABASE_URL'] === ledger.url)
      expect(await endingOf(plant as Plant, withoutLedger)).toEqual(UNHARMED)
      expect(await differencesIn(plant as Plant)).toEqual([])
    },
    CASE_MS,
  )

  it(
    'while no worker runs ends as if nothing had happened',
    async () => {
      const [plant] = plants.filter(({ environment }) => environment['DATABASE_URL'] !== ledger.url)
      expect(await endingOf(plant as Plant, withoutWorker)).toEqual(UNHARMED)
      expect(await differencesIn(plant as Plant)).toEqual([])
    },
    CASE_MS,
  )
})

async function beginUntilHeard(plant: Plant, held: HeldReplies): Promise<Case> {
  const one = newCase()
  held.hold(one, 'start')
  await begin(plant, { id: one.id, request: { deadline: DEADLINE } })
  await until(() => held.isHeld(one, 'start'))
  return one
}

async function isPastDeadline({ client }: Plant, { id }: Case): Promise<boolean> {
  const { startTime } = await client.workflow.getHandle(workflowIdOf(id)).describe()
  return Date.now() > startTime.getTime() + (millisecondsFrom(DEADLINE) ?? 0)
}
