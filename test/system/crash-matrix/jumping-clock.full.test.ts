import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Fault } from '../../../sandbox/index.ts'
import { ALWAYS, executeLater, loseReply, resetBefore, show } from '../../../sandbox/index.ts'
import type { Plant } from '../plant/plant.ts'
import { startPlant } from '../plant/plant.ts'
import { until } from '../plant/until.ts'
import type { Case } from './case.ts'
import { begin, callsOf, endingOf, UNHARMED } from './case.ts'

const CASE_MS = 180_000
const CLOCK = pathToFileURL(join(import.meta.dirname, 'jumping-clock.mjs')).href

/** What is going on when the clock jumps; the doubt window of the plant is 11 s, within which the vendor acts. */
const ROWS: Record<string, Fault[]> = {
  'a start that the vendor carries out after its 504': [executeLater('start', { afterMs: 5_000 })],
  'a start whose reply was lost, and that does not show at first': [
    loseReply('start'),
    show('status', { status: 'created' }, { occurrence: { from: 1, to: 3 } }),
  ],
  'a start that never arrived': [resetBefore('start')],
  'a job that runs': [show('status', { status: 'processing', output_url: null }, { occurrence: ALWAYS })],
}

let plant: Plant
const cases = new Map<string, Case>()

beforeAll(async () => {
  plant = await startPlant()
  const jumped = join(plant.folder, 'clock-jumped')
  await plant.startWorker({ NODE_OPTIONS: `--import ${CLOCK}`, CLOCK_JUMPED: jumped })
  for (const [name, faults] of Object.entries(ROWS)) cases.set(name, await begin(plant, { faults }))
  await until(() => [...cases.values()].every((one) => callsOf(plant, one, 'start').length > 0))
  await writeFile(jumped, '')
  const running = cases.get('a job that runs')
  await until(() => running !== undefined && callsOf(plant, running, 'status').length > 2)
  plant.sandbox.clearFaults(running?.input)
}, CASE_MS)
afterAll(() => plant?.close(), CASE_MS)

describe("a worker's clock that jumps an hour ahead", () => {
  it.each(Object.keys(ROWS))(
    'in the middle of %s changes nothing',
    async (name) => {
      expect(await endingOf(plant, cases.get(name) as Case)).toEqual(UNHARMED)
    },
    CASE_MS,
  )
})
