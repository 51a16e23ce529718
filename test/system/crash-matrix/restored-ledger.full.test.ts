import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ALWAYS, answer, hang, show } from '../../../sandbox/index.ts'
import type { DatabaseProcess } from '../plant/ledger-process.ts'
import { startLedgerProcess } from '../plant/ledger-process.ts'
import type { Plant } from '../plant/plant.ts'
import { startPlant } from '../plant/plant.ts'
import { until } from '../plant/until.ts'
import type { Case } from './case.ts'
import { begin, callsOf, endingOf, UNHARMED } from './case.ts'

const CASE_MS = 240_000
const RUNNING = show('status', { status: 'processing', output_url: null }, { occurrence: ALWAYS })
const HANGING_START = hang('start', { when: 'after', occurrence: 2 })

/** Where each removal stands when the backup is made, and when it is brought back. */
const AFTER_THE_BACKUP = {
  'admitted and started': [RUNNING],
  'started, its answer outstanding': [hang('start', { when: 'after' })],
  'started, its output on the way': [hang('output', { occurrence: ALWAYS })],
} as const
const BEFORE_THE_BACKUP = {
  'admitted before it and started after it, its answer outstanding': [answer('start', 402), HANGING_START],
  'started before it': [RUNNING],
} as const
const NAMES = [...Object.keys(AFTER_THE_BACKUP), ...Object.keys(BEFORE_THE_BACKUP)]

let home: string
let ledger: DatabaseProcess
let plant: Plant
const cases = new Map<string, Case>()

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'matteflow-restored-'))
  ledger = await startLedgerProcess(home)
  plant = await startPlant({ databaseUrl: ledger.url })
  await plant.startWorker()
  await beginAll(BEFORE_THE_BACKUP)
  const [refused] = Object.keys(BEFORE_THE_BACKUP)
  await until(async () => (await stateOf(refused)) === 'parked')
  await until(async () => (await stateOf('started before it')) === 'processing')

  const backup = join(home, 'backup')
  await ledger.stop()
  await cp(ledger.folder, backup, { recursive: true })
  await ledger.revive()

  await beginAll(AFTER_THE_BACKUP)
  await plant.removals.resume(caseOf(refused).id)
  await until(() => [...cases.values()].every((one) => callsOf(plant, one, 'start').some(isAccepted)))
  await until(() => callsOf(plant, caseOf('started, its output on the way'), 'output').length > 0)

  await ledger.stop()
  await rm(ledger.folder, { recursive: true })
  await cp(backup, ledger.folder, { recursive: true })
  await ledger.revive()
  for (const { input } of cases.values()) plant.sandbox.clearFaults(input)
}, CASE_MS)
afterAll(async () => {
  await plant?.close()
  await ledger?.kill()
  await rm(home, { recursive: true, force: true })
}, CASE_MS)

async function beginAll(rows: typeof AFTER_THE_BACKUP | typeof BEFORE_THE_BACKUP): Promise<void> {
  await Promise.all(
    Object.entries(rows).map(async ([name, faults]) => void cases.set(name, await begin(plant, { faults }))),
  )
}

function caseOf(name: string | undefined): Case {
  const one = cases.get(name ?? '')
  if (one === undefined) throw new Error(`${name}: not begun`)
  return one
}

async function stateOf(name: string | undefined): Promise<string> {
  return (await plant.removals.status(caseOf(name).id)).state
}

/** Whether the vendor did what a start asked, whether or not it said so. */
function isAccepted({ fault }: { fault: string | null }): boolean {
  return fault === null || fault === 'hang'
}

describe('a ledger restored from an older backup, and a removal that was', () => {
  it.each(NAMES)(
    '%s, ends as if nothing had happened',
    async (name) => {
      expect(await endingOf(plant, caseOf(name))).toEqual(UNHARMED)
    },
    CASE_MS,
  )
})
