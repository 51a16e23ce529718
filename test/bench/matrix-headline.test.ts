import { describe, expect, it } from 'vitest'
import { matrixHeadline } from '../../bench/faults/matrix-headline.ts'
import { headlineOf } from '../system/fault-matrix/tally.ts'

describe('what the fault matrix printed', () => {
  it('tells bought and wanted, lost, scenarios and the naive client', () => {
    const tally = { wanted: 61, bought: 61, lost: 2, refusedThoughRight: 0, scenarios: 70 }
    const naive = { ...tally, bought: 122 }
    const printed = ['12 tests', ...headlineOf(tally, naive, 7)].join('\n')

    expect(matrixHeadline(printed)).toEqual({ boughtPerWanted: 1, lost: 2, scenarios: 70, naive: 2 })
  })

  it('is no figure without its headline', () => {
    expect(() => matrixHeadline('3 failed')).toThrow(/without its headline/)
  })
})
