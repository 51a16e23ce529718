import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  creditsFromMillicredits,
  DOCUMENTED_PRICES,
  millicreditsFromCredits,
  priceMillicredits,
  priceRule,
} from '../../domain/pricing.ts'
import { MODELS } from '../../domain/request-values.ts'

describe('the price of a video', () => {
  it.each([
    ['original', 60, 60_000],
    ['light', 60, 45_000],
    ['pro', 60, 180_000],
    ['human', 60, 45_000],
    ['human', 3, 2_250],
    ['original', 1, 1_000],
    ['original', 0, 0],
    ['light', 0.001, 1],
    ['light', 3.3333, 2_501],
  ] as const)('with %s of %d s is %d millicredits', (model, seconds, millicredits) => {
    expect(priceMillicredits(model, seconds)).toBe(millicredits)
  })

  it('is not rounded up for the noise of binary fractions', () => {
    expect(0.1 + 0.2).toBeGreaterThan(0.3)
    expect(priceMillicredits('original', 0.1 + 0.2)).toBe(300)
    expect(priceMillicredits('light', 8.2)).toBe(6_150)
    expect(priceMillicredits('original', 1.1 * 3)).toBe(3_300)
  })

  it('follows the table it is given', () => {
    const prices = { table: { ...DOCUMENTED_PRICES.table, pro: 7 }, version: 'live' }

    expect(priceMillicredits('pro', 60, prices)).toBe(7_000)
  })

  it('is a whole number, never too low, and too high by less than a begun millisecond costs', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...MODELS),
        fc.double({ min: 0, max: 86_400, noNaN: true }),
        (model, seconds) => {
          const exact = (seconds * 1_000 * DOCUMENTED_PRICES.table[model]) / 60
          const price = priceMillicredits(model, seconds)

          expect(Number.isInteger(price)).toBe(true)
          expect(price).toBeGreaterThanOrEqual(exact - 1e-3)
          expect(price - exact).toBeLessThan(DOCUMENTED_PRICES.table[model] / 60 + 1)
        },
      ),
    )
  })
})

describe('credits and millicredits', () => {
  it('give each other back, exact to a thousandth', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e12 }), (millicredits) => {
        expect(millicreditsFromCredits(creditsFromMillicredits(millicredits))).toBe(millicredits)
      }),
    )
    expect(creditsFromMillicredits(2_251)).toBe(2.251)
    expect(millicreditsFromCredits(1.005)).toBe(1_005)
  })
})

describe('the words for a price', () => {
  it('name the length, the rate, the model and where the rate came from', () => {
    expect(priceRule('human', 3, DOCUMENTED_PRICES)).toBe(
      '3 s × 45 credits/min (human, documented), rounded up to 1/1000',
    )
  })
})
