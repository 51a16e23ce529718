import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Fault, Route } from '../../../sandbox/index.ts'
import { hang } from '../../../sandbox/index.ts'
import type { Plant } from '../plant/plant.ts'
import { startPlant } from '../plant/plant.ts'
import { until } from '../plant/until.ts'
import type { Case } from './case.ts'
import { begin, callsOf, endingOf, UNHARMED } from './case.ts'
import type { StallingHost } from './stalling-host.ts'
import { openStallingHost } from './stalling-host.ts'

/** A dead transfer is noticed by its silence, which takes 25 s; a busy machine adds the most. */
const CASE_MS = 240_000
const FOR_EVER = { from: 1 } as const

interface Row {
  name: string
  route: Route
  faults: Fault[]
  isBulky?: boolean
}

/** `before`: the vendor has done nothing. `after`: it did what was asked, and nobody heard. */
const CALLS = (['upload', 'create', 'status', 'start'] as const).flatMap((route): Row[] =>
  (['before', 'after'] as const).map((when) => ({
    name: `${when === 'before' ? 'before the vendor acts on' : 'after the vendor acted on'} ${route}`,
    route,
    faults: [hang(route, { when, occurrence: FOR_EVER })],
  })),
)

let plant: Plant
let host: StallingHost
const cases = new Map<string, Case>()

const rows = (): Row[] => [
  {
    name: 'in the middle of the download',
    route: 'output',
    faults: [{ route: 'status', occurrence: FOR_EVER, action: { type: 'foreign-output', origin: host.url } }],
  },
  { name: 'in the middle of the upload', route: 'upload', faults: [hang('upload')], isBulky: true },
  { name: 'before the download', route: 'output', faults: [hang('output')] },
  ...CALLS,
]
const NAMES = [
  'in the middle of the download',
  'in the middle of the upload',
  'before the download',
  ...CALLS.map(({ name }) => name),
]

beforeAll(async () => {
  host = await openStallingHost(() => plant.sandbox.url)
  plant = await startPlant({ variables: { MATTEFLOW_OUTPUT_HOSTS: new URL(host.url).host } })
  const worker = await plant.startWorker()
  // Starts come last: only they cannot be held at their call by repeating it.
  const [starts, others] = [rows().filter(isStart), rows().filter((row) => !isStart(row))]
  await reach(others)
  await reach(starts)
  await worker.kill()
  // The job goes on naming the stalling host, which flows from now on.
  for (const row of rows()) if (!isStalled(row)) plant.sandbox.clearFaults(caseOf(row).input)
  host.flow()
  await plant.startWorker()
}, CASE_MS)
afterAll(async () => {
  await plant?.close()
  await host?.close()
}, CASE_MS)

function isStart({ route }: Row): boolean {
  return route === 'start'
}

function isStalled({ faults }: Row): boolean {
  return faults[0]?.action.type === 'foreign-output'
}

function caseOf({ name }: Pick<Row, 'name'>): Case {
  const one = cases.get(name)
  if (one === undefined) throw new Error(`${name}: not begun`)
  return one
}

async function reach(wanted: Row[]): Promise<void> {
  const begun = await Promise.all(
    wanted.map(async (row) => {
      const one = await begin(plant, row)
      cases.set(row.name, one)
      return { row, one }
    }),
  )
  await until(() => begun.every(({ row, one }) => isThere(row, one)))
}

function isThere(row: Row, one: Case): boolean {
  return isStalled(row)
    ? host.stalled() > 0
    : callsOf(plant, one, row.route).some(({ fault }) => fault === 'hang')
}

describe('a worker that is killed', () => {
  it.each(NAMES)(
    '%s ends as if nothing had happened',
    async (name) => {
      expect(await endingOf(plant, caseOf({ name }))).toEqual(UNHARMED)
    },
    CASE_MS,
  )
})
