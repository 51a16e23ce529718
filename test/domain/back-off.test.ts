import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backOffMs, RETRY_AFTER_BOUNDS_MS, retryAfterDelayMs } from '../../domain/outage.ts'

describe('the pause after a failed attempt', () => {
  it.each([
    [1, 1_000, 2_000],
    [2, 2_000, 4_000],
    [3, 4_000, 8_000],
    [4, 8_000, 16_000],
    [50, 8_000, 16_000],
  ])('number %d lies between %d and %d ms', (attempt, least, most) => {
    expect(backOffMs(attempt, 0)).toBe(least)
    expect(backOffMs(attempt, 0.999_999)).toBe(most)
  })

  it('is always within the bounds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (failuresInARow, chance) => {
          const pause = backOffMs(failuresInARow, chance)

          expect(pause).toBeGreaterThanOrEqual(RETRY_AFTER_BOUNDS_MS.least)
          expect(pause).toBeLessThanOrEqual(RETRY_AFTER_BOUNDS_MS.most)
        },
      ),
    )
  })
})

describe('a vendor that says when to come back', () => {
  it.each([
    [7_000, 7_000],
    [0, RETRY_AFTER_BOUNDS_MS.least],
    [31_536_000_000, RETRY_AFTER_BOUNDS_MS.most],
  ])('is obeyed within bounds: %d ms', (retryAfterMs, pause) => {
    expect(retryAfterDelayMs('RateLimited', retryAfterMs)).toBe(pause)
    expect(retryAfterDelayMs('CircuitOpen', retryAfterMs)).toBe(pause)
  })

  it('is not asked about other failures', () => {
    expect(retryAfterDelayMs('VendorUnavailable', 100_000)).toBeUndefined()
  })
})
