import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clipNamed } from './clip.ts'
import { judge } from './judge.ts'
import type { Mode } from './modes.ts'
import { EXECUTED_LATER, OTHER_MODES, STRICTEST } from './modes.ts'
import { removeNaively } from './naive-client.ts'
import type { Operator } from './operator.ts'
import { byDashboard, byScript } from './operator.ts'
import { drawPairs } from './pairs/draw-pairs.ts'
import { createLane, play } from './play.ts'
import type { Outcomes } from './play-all.ts'
import { playAll } from './play-all.ts'
import { playRefused, REFUSED_CONNECTIONS } from './refused-connections.ts'
import { OUTPUT_ROWS } from './rows/output.ts'
import { carriedOut, startRows } from './rows/start.ts'
import { SLOW_STATUS_ROWS, statusRows } from './rows/status.ts'
import { UPLOAD_AND_CREATE_ROWS } from './rows/upload-and-create.ts'
import type { Scenario } from './scenario.ts'
import type { Stack } from './stack.ts'
import { startStack } from './stack.ts'
import { createTally, ratio, writeHeadline } from './tally.ts'

/** The slowest row sleeps two minutes because the vendor says so, on a machine that others use as well. */
const ROW_MS = 400_000
/** Removals in flight: as many as two processors carry without each taking long. */
const WIDTH = 40
const PAIRS = Number(process.env['MATRIX_PAIRS'] ?? 200)
const SEED = Number(process.env['MATRIX_SEED'] ?? Date.now() % 1_000_000)
/** A pattern of names, to play only some. */
const ONLY = new RegExp(process.env['MATRIX_ROWS'] ?? '')

const tally = createTally()
const naive = createTally()
const lane = createLane(WIDTH)
const gateLane = createLane(1)
let stack: Stack
let gated: Stack
let refused: Outcomes

beforeAll(async () => {
  ;[stack, gated] = await Promise.all([startStack(), startStack({ gated: true })])
  refused = playAll(chosen(REFUSED_CONNECTIONS), tally, (row) => gateLane(() => playRefused(row, gated)))
}, ROW_MS)

afterAll(async () => {
  await Promise.all([stack?.close(), gated?.close()])
}, ROW_MS)

describe('under one fault, where every accepted start bills', () => {
  const rows = chosen([
    ...SLOW_STATUS_ROWS,
    ...OUTPUT_ROWS,
    ...UPLOAD_AND_CREATE_ROWS,
    ...startRows(STRICTEST.modes),
    ...statusRows(),
  ])
  const pairs = chosen(drawPairs(PAIRS, SEED))
  let outcomes: Outcomes
  let pairOutcomes: Outcomes
  beforeAll(() => {
    outcomes = playIn(STRICTEST, rows, scripted)
    pairOutcomes = playIn(STRICTEST, pairs, () => byDashboard(stack))
  })

  itEnds(rows, () => outcomes)

  describe(`and under two faults, drawn with MATRIX_SEED=${SEED}`, () => {
    it.each(pairs)(
      '$name',
      async (row) => {
        judge(await pairOutcomes(row.name), row)
      },
      ROW_MS,
    )
  })
})

for (const mode of OTHER_MODES) {
  describe(`under one fault at start or status, where ${mode.name}`, () => {
    const rows = chosen([...startRows(mode.modes), ...statusRows()])
    let outcomes: Outcomes
    beforeAll(() => {
      outcomes = playIn(mode, rows, scripted)
    })
    itEnds(rows, () => outcomes)
  })
}

describe(`under one fault at status, where ${EXECUTED_LATER.name}`, () => {
  const rows = chosen(statusRows())
  let outcomes: Outcomes
  beforeAll(() => {
    outcomes = playIn(EXECUTED_LATER, rows, scripted)
  })
  itEnds(rows, () => outcomes)
})

describe('while the port of the vendor is closed', () => {
  itEnds(chosen(REFUSED_CONNECTIONS), () => refused)
})

describe('a client that repeats every call that fails', () => {
  it(
    'buys more than it wants wherever a reply to a start is lost',
    async () => {
      stack.sandbox.setModes(STRICTEST.modes)
      const rows = carriedOut()
      await Promise.all(rows.map(([, fault], index) => buyNaively(fault, `naive-${index}.mp4`)))

      expect(naive.bought / naive.wanted).toBeGreaterThan(1)
    },
    ROW_MS,
  )
})

describe('the whole matrix', () => {
  it(
    'bought what was wanted, lost nothing, and its books add up to the bill of the vendor',
    async () => {
      await writeHeadline(
        'fault-matrix',
        `jobs bought / jobs wanted = ${ratio(tally)}, removals lost = ${tally.lost}, scenarios ${tally.scenarios} (a client that repeats every error: ${ratio(naive)}; pairs drawn with MATRIX_SEED=${SEED})`,
      )

      expect(tally).toMatchObject({ bought: tally.wanted, lost: 0 })
    },
    ROW_MS,
  )
})

function chosen<Row extends Scenario>(rows: readonly Row[]): Row[] {
  return rows.filter(({ name }) => ONLY.test(name))
}

function scripted({ parks = [] }: Scenario): Operator {
  return byScript(parks)
}

function playIn(mode: Mode, rows: readonly Scenario[], operatorOf: (row: Scenario) => Operator): Outcomes {
  stack.sandbox.setModes(mode.modes)
  return playAll(rows, tally, (row) =>
    lane(() => play({ ...row, faults: [...mode.always, ...row.faults] }, operatorOf(row), stack)),
  )
}

function itEnds(rows: readonly Scenario[], outcomes: () => Outcomes): void {
  it.skipIf(rows.length === 0).each(rows)(
    '$name',
    async (row) => {
      const outcome = await outcomes()(row.name)

      judge(outcome, row)
      expect(outcome.asked).toEqual((row.parks ?? []).map(({ kind }) => kind))
    },
    ROW_MS,
  )
}

async function buyNaively(fault: ReturnType<typeof carriedOut>[number][1], input: string): Promise<void> {
  stack.sandbox.addFaults([{ ...fault, input }])
  await removeNaively(stack.sandbox, await clipNamed(input, stack.folder)).catch(() => {})
  const jobs = stack.sandbox.report().jobs.filter((job) => job.input === input)
  naive.wanted += 1
  naive.bought += jobs.reduce((sum, job) => sum + job.purchases, 0)
}
