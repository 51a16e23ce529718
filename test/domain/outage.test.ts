import { describe, expect, it } from 'vitest'
import { afterFailure, isBudgetSpent, NO_OUTAGE, outageFrom } from '../../domain/outage.ts'

const failure = (kind: 'VendorUnavailable' | 'Unexpected', atMs: number) => ({ kind, message: 'what', atMs })
const BUDGET = 600_000

describe('failures in a row', () => {
  const first = afterFailure(NO_OUTAGE, failure('VendorUnavailable', 1_000))
  const second = afterFailure(first, failure('Unexpected', 9_000))

  it('are counted, from the time of the first', () => {
    expect(second).toMatchObject({
      failuresInARow: 2,
      failingSince: 1_000,
      lastKind: 'Unexpected',
      sameKindInARow: 1,
    })
  })

  it('spend the budget when they have lasted for it, however few they were', () => {
    expect(isBudgetSpent(first, { nowMs: 1_000 + BUDGET - 1, outageBudgetMs: BUDGET })).toBe(false)
    expect(isBudgetSpent(first, { nowMs: 1_000 + BUDGET, outageBudgetMs: BUDGET })).toBe(true)
  })

  it('spend it at once when a bug of ours came three times in a row', () => {
    const third = afterFailure(second, failure('Unexpected', 9_100))
    const fourth = afterFailure(third, failure('Unexpected', 9_200))

    expect(isBudgetSpent(third, { nowMs: 9_100, outageBudgetMs: BUDGET })).toBe(false)
    expect(isBudgetSpent(fourth, { nowMs: 9_200, outageBudgetMs: BUDGET })).toBe(true)
  })
})

describe('a heartbeat of an earlier release', () => {
  it.each([undefined, null, 7, {}, { progress: 3 }])('tells of no outage: %s', (heartbeat) => {
    expect(outageFrom(heartbeat)).toEqual(NO_OUTAGE)
  })

  it('keeps what it tells', () => {
    expect(outageFrom({ progress: 30, failuresInARow: 4, failingSince: 5 })).toEqual({
      ...NO_OUTAGE,
      failuresInARow: 4,
      failingSince: 5,
    })
  })
})
