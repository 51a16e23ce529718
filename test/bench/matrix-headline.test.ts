import { describe, expect, it } from 'vitest'
import { matrixHeadline } from '../../bench/faults/matrix-headline.ts'

describe('what the fault matrix printed', () => {
  it('tells bought and wanted, lost, scenarios and the naive client', () => {
    const printed = [
      '12 tests',
      'jobs bought / jobs wanted = 1.000, removals lost = 0, scenarios 61',
      'a client that repeats every error: 2.000; pairs of faults drawn with MATRIX_SEED=7',
    ].join('\n')

    expect(matrixHeadline(printed)).toEqual({ boughtPerWanted: 1, lost: 0, scenarios: 61, naive: 2 })
  })

  it('is no figure without its headline', () => {
    expect(() => matrixHeadline('3 failed')).toThrow(/without its headline/)
  })
})
