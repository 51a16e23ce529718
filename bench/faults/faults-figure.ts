import { fileURLToPath } from 'node:url'
import type { BenchContext, BenchRow } from '../figure.ts'
import { row } from '../figure.ts'
import { runTimed } from '../run-timed.ts'
import { matrixHeadline } from './matrix-headline.ts'

const RUN_TESTS = fileURLToPath(new URL('../../scripts/run-tests.mjs', import.meta.url))
const MATRIX = 'test/system/fault-matrix'
/** Rows at which a careless client buys twice, and pairs of faults; `npm test` plays all rows and 200 pairs. */
const ROWS = { quick: 'start .*after acceptance', full: 'start' } as const
const PAIRS = { quick: 0, full: 40 } as const
const SEED = 20_261_101

/** A part of the fault matrix: vendor jobs bought for each that was wanted, and removals lost. */
export async function faultsFigure({ quick, progress }: BenchContext): Promise<BenchRow[]> {
  const size = quick ? 'quick' : 'full'
  progress(`the fault matrix: rows named ${ROWS[size]}, ${PAIRS[size]} pairs`)
  const { stdout, seconds } = await runTimed(process.execPath, [RUN_TESTS, MATRIX], {
    ...process.env,
    MATRIX_ROWS: ROWS[size],
    MATRIX_PAIRS: String(PAIRS[size]),
    MATRIX_SEED: String(SEED),
  })
  const { boughtPerWanted, lost, scenarios, naive } = matrixHeadline(stdout)
  return [
    row({
      figure: 'fault matrix: jobs bought per job wanted',
      value: boughtPerWanted,
      unit: '',
      beside: naive === null ? null : { what: 'a client that repeats every error', value: naive },
      aim: '1.000',
      met: boughtPerWanted === 1,
      note: `${scenarios} scenarios in ${seconds.toFixed(0)} s; npm test plays them all`,
    }),
    row({
      figure: 'fault matrix: removals lost',
      value: lost,
      unit: '',
      aim: '0',
      met: lost === 0,
    }),
  ]
}
