import { describe, expect, it } from 'vitest'
import { pollingFigure } from '../../bench/polling/polling-figure.ts'
import { simulatePolling } from '../../bench/polling/simulate-polling.ts'

describe('a job of 9 s that is polled every 2 s', () => {
  it('is seen finished by the sixth call, a second late', () => {
    const job = { lengthMs: 9_000, usualMs: 9_000, progressAt: () => null }

    expect(simulatePolling(job, () => 2_000)).toEqual({ calls: 6, detectionMs: 1_000 })
  })
})

describe('the figure of status calls', () => {
  it('is the same in every run', async () => {
    expect(await pollingFigure({ quick: true })).toEqual(await pollingFigure({ quick: true }))
  })

  it('needs fewer calls than polling every 2 s for a job of ten minutes, however progress is told', async () => {
    const rows = await pollingFigure({ quick: true })
    const long = rows.filter(({ figure, beside }) => figure.includes('600 s') && beside !== null)

    expect(long).toHaveLength(4)
    for (const { ratio } of long) expect(ratio).toBeLessThan(1)
  })
})
