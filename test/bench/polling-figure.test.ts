import { describe, expect, it } from 'vitest'
import { fewestPolls } from '../../bench/polling/fewest-polls.ts'
import { pollingFigure } from '../../bench/polling/polling-figure.ts'
import { simulatePolling } from '../../bench/polling/simulate-polling.ts'

describe('a job of 9 s that is polled every 2 s', () => {
  const job = { lengthMs: 9_000, usualMs: 9_000, progressAt: () => null }
  const everyTwo = (): number => 2_000

  it('is seen finished by the sixth call, a second late', () => {
    expect(simulatePolling(job, everyTwo, () => 0)).toEqual({ calls: 6, detectionMs: 1_000 })
  })

  it('is seen later where every call comes a little late', () => {
    expect(simulatePolling(job, everyTwo, () => 50)).toEqual({ calls: 6, detectionMs: 1_300 })
  })
})

describe('the fewest looks that a schedule needs', () => {
  it('are one where a single look covers what a guess leaves open', () => {
    expect(fewestPolls({ guessOffBy: 2, lateShare: 3, inTimeShare: 1 })).toBe(1)
  })

  it('are those to the middle of as many pieces as cover it', () => {
    // Two looks, a factor of 2 apart, for lengths within a factor of 4.
    expect(fewestPolls({ guessOffBy: 2, lateShare: 1, inTimeShare: 1 })).toBe(1.5)
  })
})

describe('the figure of status calls', () => {
  it('is the same in every run', async () => {
    expect(await pollingFigure({ quick: true })).toEqual(await pollingFigure({ quick: true }))
  })

  it('meets its aim for every length, however progress is told', async () => {
    const judged = (await pollingFigure({ quick: true })).filter(({ met }) => met !== null)

    expect(judged).toHaveLength(12)
    expect(judged.filter(({ met }) => !met)).toEqual([])
  })
})
