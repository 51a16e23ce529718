import pLimit from 'p-limit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DIFFERENCE_KINDS } from '../../../domain/reconcile/difference.ts'
import { clipNamed } from '../plant/clip.ts'
import { billOf, reconciliationOf, usageOf } from './bill.ts'
import { judge } from './judge.ts'
import type { Counter } from './lost-acceptance.ts'
import { LOST_ACCEPTANCES, openCounter, playUnheard } from './lost-acceptance.ts'
import type { Mode } from './modes.ts'
import { STRICTEST } from './modes.ts'
import { removeNaively } from './naive-client.ts'
import type { Operator } from './operator.ts'
import { byDashboard, byScript } from './operator.ts'
import { drawPairs } from './pairs/draw-pairs.ts'
import { play } from './play.ts'
import type { Outcomes } from './play-all.ts'
import { playAll } from './play-all.ts'
import { playRefused, REFUSED_CONNECTIONS } from './refused-connections.ts'
import { carriedOut } from './rows/start.ts'
import { SAMPLE } from './sample.ts'
import type { Scenario } from './scenario.ts'
import { SINGLE_FAULTS } from './single-faults.ts'
import type { Stack } from './stack.ts'
import { startStack } from './stack.ts'
import { createTally, headlineOf, writeHeadline } from './tally.ts'

/** All scenarios are under way at the same time, so that one may take as long as all of them. */
const MATRIX_MS = 900_000
/** Removals in flight besides those that sleep: as many as two processors carry without each taking long. */
const WIDTH = 40
const IS_SAMPLE = process.env['MATRIX'] === 'sample'
const PAIRS = Number(process.env['MATRIX_PAIRS'] ?? (IS_SAMPLE ? SAMPLE.pairs : 200))
const SEED = Number(process.env['MATRIX_SEED'] ?? Date.now() % 1_000_000)
/** A pattern of names, to play only some. */
const ONLY = new RegExp(process.env['MATRIX_ROWS'] ?? (IS_SAMPLE ? SAMPLE.rows : ''))

const GROUPS = SINGLE_FAULTS.map(({ mode, rows }) => ({ mode, rows: chosen(rows) })).filter(
  ({ rows }) => rows.length > 0,
)
const PAIRED = chosen(drawPairs(PAIRS, SEED))
const REFUSED = chosen(REFUSED_CONNECTIONS)
const UNHEARD = chosen(LOST_ACCEPTANCES)

const tally = createTally()
const naive = createTally()
const outcomes = new Map<string, Outcomes>()
let stack: Stack
/** Only where its rows are played: it is a whole stack behind a port that closes. */
let gated: Stack | undefined
let counter: Counter | undefined

beforeAll(async () => {
  const [open, behindGate] = await Promise.all([
    startStack(),
    REFUSED.length > 0 ? startStack({ gated: true }) : undefined,
  ])
  stack = open
  gated = behindGate
  if (behindGate !== undefined) {
    const gateLane = pLimit(1)
    outcomes.set(
      'refused',
      playAll(REFUSED, tally, (row) => gateLane(() => playRefused(row, behindGate))),
    )
  }
  const lane = pLimit(WIDTH)
  if (UNHEARD.length > 0) {
    const opened = await openCounter(stack)
    counter = opened
    outcomes.set(
      'unheard',
      playAll(UNHEARD, tally, (row) => playUnheard(row, stack, opened)),
    )
  }
  const begin = (mode: Mode, rows: Scenario[], operatorOf: (row: Scenario) => Operator): Outcomes =>
    playAll(rows, tally, (row) => {
      const playRow = () => play(row, { mode, operator: operatorOf(row), stack })
      return row.isAsleep === true ? playRow() : lane(playRow)
    })
  for (const { mode, rows } of GROUPS)
    outcomes.set(
      mode.name,
      begin(mode, rows, ({ parks = [] }) => byScript(parks)),
    )
  outcomes.set(
    'pairs',
    begin(STRICTEST, PAIRED, () => byDashboard(stack)),
  )
}, MATRIX_MS)

afterAll(async () => {
  await counter?.close()
  await Promise.all([stack?.close(), gated?.close()])
}, MATRIX_MS)

describe.each(GROUPS)('under one fault, where $mode.name', ({ mode, rows }) => {
  itEnds(rows, mode.name)
})

describe.skipIf(REFUSED.length === 0)('while the port of the vendor is closed', () => {
  itEnds(REFUSED, 'refused')
})

describe.skipIf(UNHEARD.length === 0)('while a client of the gateway hears no response', () => {
  itEnds(UNHEARD, 'unheard')
})

describe.skipIf(PAIRED.length === 0)(`under two faults, drawn with MATRIX_SEED=${SEED}`, () => {
  it.each(PAIRED)(
    '$name',
    async (row) => {
      judge(await outcomeOf('pairs', row), row)
    },
    MATRIX_MS,
  )
})

describe('a client that repeats every call that fails', () => {
  it(
    'buys more than it wants wherever a reply to a start is lost',
    async () => {
      const key = 'rbv_sandbox_naive'
      stack.sandbox.acceptKey(key)
      await Promise.all(carriedOut().map(([, fault], index) => buyNaively(fault, key, `naive-${index}.mp4`)))

      expect(naive.bought / naive.wanted).toBeGreaterThan(1)
    },
    MATRIX_MS,
  )
})

describe('the whole matrix', () => {
  it(
    'bought what was wanted and lost nothing',
    async () => {
      await writeHeadline('fault-matrix', headlineOf(tally, naive, SEED))

      const bills = await Promise.all(stacks().map(billOf))
      expect(tally).toMatchObject({ bought: tally.wanted, lost: 0, refusedThoughRight: 0 })
      expect(bills.reduce((sum, { bought }) => sum + bought, 0)).toBe(tally.bought)
    },
    MATRIX_MS,
  )

  it(
    'has ledgers that agree with the bills of their vendors to the millicredit',
    async () => {
      for (const each of stacks()) await expectAgreed(each)
    },
    MATRIX_MS,
  )
})

function stacks(): Stack[] {
  return gated === undefined ? [stack] : [stack, gated]
}

async function expectAgreed(played: Stack): Promise<void> {
  // One that stays parked over its limit holds its credits until somebody gives it up, and one whose job never
  // ends holds them for as long as the vendor shows that job as running.
  for await (const { id } of played.removals.list({ state: 'parked' })) await played.removals.cancel(id)
  const bill = await billOf(played)
  const { total } = await usageOf(played)
  const report = await reconciliationOf(played)

  const [ended, running] = [bill.endedMillicredits / 1_000, bill.runningMillicredits / 1_000]
  expect(total).toMatchObject({ spent: ended, reserved: running, bought: bill.bought })
  expect(report.usage).toEqual([
    {
      keyAlias: 'default',
      ours: ended,
      open: running,
      theirs: (ended * 1_000 + running * 1_000) / 1_000,
    },
  ])
  expect(report.closed).toEqual([])
  expect(report.open.map(({ vendorJobId }) => vendorJobId)).toEqual(bill.runningJobs)
  const counts = Object.fromEntries(DIFFERENCE_KINDS.map((kind) => [kind, 0]))
  expect(report.counts).toEqual({ ...counts, 'orphan-drafts': bill.lostDrafts.length })
}

function chosen<Row extends Scenario>(rows: readonly Row[]): Row[] {
  return rows.filter(({ name }) => ONLY.test(name))
}

function outcomeOf(group: string, { name }: Scenario) {
  const found = outcomes.get(group)
  if (found === undefined) throw new Error(`${group} was not begun`)
  return found(name)
}

function itEnds(rows: readonly Scenario[], group: string): void {
  it.each(rows)(
    '$name',
    async (row) => {
      const outcome = await outcomeOf(group, row)

      judge(outcome, row)
      expect(outcome.asked).toEqual((row.parks ?? []).map(({ kind }) => kind))
      if (row.isOutage === true) expect(outcome.parkedFor).not.toEqual([])
    },
    MATRIX_MS,
  )
}

async function buyNaively(
  fault: ReturnType<typeof carriedOut>[number][1],
  key: string,
  input: string,
): Promise<void> {
  stack.sandbox.addFaults([{ ...fault, input }])
  await removeNaively(stack.sandbox, key, await clipNamed(input, stack.folder)).catch(() => {})
  const jobs = stack.sandbox.report().jobs.filter((job) => job.input === input)
  naive.wanted += 1
  naive.bought += jobs.reduce((sum, job) => sum + job.purchases, 0)
}
