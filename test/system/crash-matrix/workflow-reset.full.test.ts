import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Fault, Route } from '../../../sandbox/index.ts'
import { ALWAYS, answerHtml, foreignOutput, show } from '../../../sandbox/index.ts'
import type { Plant } from '../plant/plant.ts'
import { startPlant } from '../plant/plant.ts'
import { until } from '../plant/until.ts'
import { differencesIn } from './accounts.ts'
import type { Case } from './case.ts'
import { begin, callsOf, endingOf, newCase, UNHARMED } from './case.ts'
import type { HeldReplies } from './held-replies.ts'
import { openHeldReplies } from './held-replies.ts'
import type { ResetPoint } from './reset-workflow.ts'
import { RESET_POINTS, resetWorkflow } from './reset-workflow.ts'
import { RUNNING } from './stations.ts'

const CASE_MS = 240_000

interface Situation {
  name: string
  faults?: (replies: HeldReplies) => Fault[]
  /** The answer that is under way at the reset, and afterwards as long as the new run has not got by it. */
  held?: Route
  isThere(one: Case): Promise<boolean>
  isPassed?(one: Case): boolean
}

const SITUATIONS: Situation[] = [
  {
    name: 'whose job runs',
    faults: () => [RUNNING],
    isThere: async (one) => callsOf(plant, one, 'status').length > 0,
  },
  {
    name: 'whose start is under way',
    held: 'start',
    isThere: async (one) => replies.isHeld(one, 'start'),
    isPassed: (one) => [...callsOf(plant, one, 'start'), ...callsOf(plant, one, 'status')].length > 1,
  },
  {
    name: 'whose output is fetched',
    faults: ({ url }) => [foreignOutput(url)],
    held: 'output',
    isThere: async (one) => replies.isHeld(one, 'output'),
  },
  { name: 'that has ended', isThere: async (one) => (await statusOf(one)).state === 'succeeded' },
]
/** Nobody can tell from outside whether the start was heard: the job looks as its draft did. */
const ASKING: Situation = {
  name: 'that asks whether its job was started',
  faults: () => [
    show('create', { status: 'pending' }),
    show('draft', { status: 'pending', output_url: null }, { occurrence: ALWAYS }),
    show('status', { status: 'pending', output_url: null }, { occurrence: ALWAYS }),
    answerHtml('start', 502, { when: 'after' }),
  ],
  isThere: isAsking,
}

let plant: Plant
let replies: HeldReplies
const cases = new Map<string, Case>()

beforeAll(async () => {
  replies = await openHeldReplies(() => plant.sandbox)
  plant = await startPlant({
    variables: { REMOVEBGVIDEO_BASE_URL: replies.url, MATTEFLOW_CALL_TIMEOUT: '8s' },
  })
  await plant.startWorker()
  const rows = [...SITUATIONS, ASKING].flatMap((situation) =>
    RESET_POINTS.map((point) => ({ situation, point })),
  )
  // A start that is held for long is given up, and looked at by the same run.
  const [starts, others] = [rows.filter(isStart), rows.filter((row) => !isStart(row))]
  await reach(others)
  await reach(starts)
  await Promise.all(rows.map(({ situation, point }) => resetWorkflow(plant, caseOf(situation, point), point)))
  await until(() =>
    rows.every(({ situation, point }) => situation.isPassed?.(caseOf(situation, point)) ?? true),
  )
  for (const { situation, point } of rows)
    if (situation !== ASKING) plant.sandbox.clearFaults(caseOf(situation, point).input)
  replies.release()
}, CASE_MS)
afterAll(async () => {
  await plant?.close()
  await replies?.close()
}, CASE_MS)

interface Row {
  situation: Situation
  point: ResetPoint
}

function isStart({ situation }: Row): boolean {
  return situation.held === 'start'
}

async function reach(rows: Row[]): Promise<void> {
  for (const { situation, point } of rows) {
    const one = newCase()
    if (situation.held !== undefined) replies.hold(one, situation.held)
    const faults = situation.faults?.(replies) ?? []
    cases.set(`${situation.name} ${point}`, await begin(plant, { id: one.id, faults }))
  }
  await until(async () => {
    const there = await Promise.all(
      rows.map(({ situation, point }) => situation.isThere(caseOf(situation, point))),
    )
    return there.every(Boolean)
  })
}

function caseOf({ name }: Situation, point: ResetPoint): Case {
  const one = cases.get(`${name} ${point}`)
  if (one === undefined) throw new Error(`${name} ${point}: not begun`)
  return one
}

function statusOf({ id }: Case) {
  return plant.removals.status(id)
}

async function isAsking(one: Case): Promise<boolean> {
  const { state, failure } = await statusOf(one)
  return state === 'parked' && failure?.kind === 'UnknownOutcome'
}

describe.each(RESET_POINTS)('a removal whose workflow is reset %s', (point) => {
  it.each(SITUATIONS)(
    'and $name ends with its output, bought once',
    async (situation) => {
      expect(await endingOf(plant, caseOf(situation, point))).toEqual(UNHARMED)
    },
    CASE_MS,
  )

  it(
    'and that asks whether its job was started asks again, and ends with its output, bought once',
    async () => {
      const one = caseOf(ASKING, point)
      await until(() => isAsking(one))
      plant.sandbox.clearFaults(one.input)
      await plant.removals.resume(one.id, { as: 'started' })
      expect(await endingOf(plant, one)).toEqual(UNHARMED)
    },
    CASE_MS,
  )
})

describe('a plant whose workflows were reset', () => {
  it(
    'has a ledger that agrees with the bill',
    async () => {
      await Promise.all([...cases.values()].map((one) => endingOf(plant, one)))
      expect(await differencesIn(plant)).toEqual([])
    },
    CASE_MS,
  )
})
