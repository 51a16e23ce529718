import { ApplicationFailure } from '@temporalio/common'
import { describe, expect, it } from 'vitest'
import { plainBackOffMs } from '../../bench/outage/plain-back-off.ts'
import { waitingScaled } from '../../bench/outage/waiting-scaled.ts'

describe('the plain side of the outage', () => {
  it('doubles from 1 s to 100 s with each failure in a row', () => {
    const waits = [1, 2, 3, 7, 8, 1_000].map((failures) => plainBackOffMs({ plannedMs: 5, failures }))

    expect(waits).toEqual([1_000, 2_000, 4_000, 64_000, 100_000, 100_000])
  })

  it('asks after a running job as planned', () => {
    expect(plainBackOffMs({ plannedMs: 1_700, failures: null })).toBe(1_700)
  })
})

describe('a failure in a time ten times as fast', () => {
  it('is repeated after a tenth of the wait, and is else the same', async () => {
    const failure = ApplicationFailure.create({
      type: 'VendorUnavailable',
      details: [{ attempts: 3 }],
      nextRetryDelay: 7,
    })
    const { inbound } = waitingScaled(10, plainBackOffMs)({} as never)

    const thrown = await inbound
      ?.execute?.({ args: [], headers: {} }, () => Promise.reject(failure))
      .catch((error: unknown) => error)

    expect(thrown).toMatchObject({ type: failure.type, details: failure.details, nextRetryDelay: 400 })
  })
})
