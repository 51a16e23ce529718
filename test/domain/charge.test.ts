import { describe, expect, it } from 'vitest'
import type { EndedJob } from '../../domain/charge.ts'
import { chargeOf } from '../../domain/charge.ts'

const job = (given: Partial<EndedJob>): EndedJob => ({
  model: 'human',
  creditsPerMinute: 60,
  estimatedMillicredits: 2_250,
  status: 'completed',
  durationSeconds: null,
  billingStatus: null,
  ...given,
})

describe('a completed job', () => {
  it('costs its length at the rate that was recorded, and says so', () => {
    expect(chargeOf(job({ durationSeconds: 2 }))).toEqual({
      amountMillicredits: 2_000,
      why: '2 s × 60 credits/min, rounded up to 1/1000, is 2; no billing status',
    })
  })

  it('costs its estimate where the vendor gives no length', () => {
    expect(chargeOf(job({}))).toMatchObject({
      amountMillicredits: 2_250,
      why: expect.stringContaining('the estimate of 2.25'),
    })
  })
})

describe('a failed job', () => {
  it.each([
    ['that reports a length of nothing', { durationSeconds: 0 }],
    ['that reports how far it came', { durationSeconds: 1.2, billingStatus: 'charged' }],
    ['that reports no length', {}],
    ['in other letters', { status: ' FAILED', durationSeconds: 0 }],
  ])('counts as charged until shown otherwise: %s', (_how, given) => {
    expect(chargeOf(job({ status: 'failed', ...given }))).toMatchObject({
      amountMillicredits: 2_250,
      why: expect.stringContaining('the estimate of 2.25'),
    })
  })

  it.each([
    ['with a length of nothing', { durationSeconds: 0 }, 0],
    ['without a length', {}, 0],
    ['in part', { durationSeconds: 1 }, 1_000],
  ])('costs what its length says where it was refunded: %s', (_how, given, amountMillicredits) => {
    expect(chargeOf(job({ status: 'failed', billingStatus: 'Refunded', ...given }))).toMatchObject({
      amountMillicredits,
    })
  })
})
