import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pollDelayMs } from '../../domain/poll-delay.ts'

const situations = fc.record({
  elapsedMs: fc.double({ min: 0, max: 7 * 86_400_000, noNaN: true }),
  progress: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
  usualMs: fc.double({ min: 0, max: 7 * 86_400_000, noNaN: true }),
})

describe('whatever is known of a job', () => {
  it('the next poll comes within 1 to 10 s', () => {
    fc.assert(
      fc.property(situations, (known) => {
        const delay = pollDelayMs({ ...known, webhookExpected: false })

        expect(delay).toBeGreaterThanOrEqual(1_000)
        expect(delay).toBeLessThanOrEqual(10_000)
      }),
    )
  })

  it('with a webhook the polls are rarer, never absent', () => {
    fc.assert(
      fc.property(situations, (known) => {
        const delay = pollDelayMs({ ...known, webhookExpected: true })

        expect(delay).toBeGreaterThanOrEqual(pollDelayMs({ ...known, webhookExpected: false }))
        expect(delay).toBeLessThanOrEqual(60_000)
      }),
    )
  })
})

describe('a job that was started just now', () => {
  it('is polled after 2 s, whatever is expected of it', () => {
    const known = { elapsedMs: 0, progress: null, usualMs: 3_600_000, webhookExpected: false }

    expect(pollDelayMs(known)).toBe(2_000)
  })
})

type Told = (elapsedMs: number, lengthMs: number) => number | null

const done: Told = (elapsedMs, lengthMs) => Math.floor((elapsedMs / lengthMs) * 100)
const none: Told = () => null
/** As vendors tell it: a new figure every second. */
const steady: Told = (elapsedMs, lengthMs) => done(Math.floor(elapsedMs / 1_000) * 1_000, lengthMs)
const aheadBy =
  (factor: number): Told =>
  (elapsedMs, lengthMs) =>
    Math.min(99, (steady(elapsedMs, lengthMs) ?? 0) * factor)
const stalled: Told = (elapsedMs, lengthMs) => Math.min(40, steady(elapsedMs, lengthMs) ?? 0)

/** Polls a job of this length until it is seen finished, each time so much later than was asked. */
function watch(
  lengthMs: number,
  told: Told,
  usualMs: number,
  afterMs = 0,
): { polls: number; lateMs: number } {
  let elapsedMs = 0
  for (let polls = 0; ; polls += 1) {
    if (elapsedMs >= lengthMs) return { polls, lateMs: elapsedMs - lengthMs }
    const progress = told(elapsedMs, lengthMs)
    elapsedMs += afterMs + pollDelayMs({ elapsedMs, progress, usualMs, webhookExpected: false })
  }
}

// Within each group of lengths the end falls everywhere between two polls.
const around = (seconds: number) =>
  Array.from({ length: 41 }, (_, step) => seconds * 1_000 * (0.9 + step / 200))

describe.each([
  [60, 'steady progress', steady],
  [600, 'steady progress', steady],
  [60, 'no progress', none],
  [600, 'no progress', none],
] as const)('jobs of about %d s with %s', (seconds, _told, told) => {
  const lengths = around(seconds)

  it.each([0.6, 1, 1.6])('need fewer polls than one every 2 s, with a guess of %d times as long', (guess) => {
    const polls = lengths.map((length) => watch(length, told, length * guess).polls)
    const everyTwo = lengths.map((length) => Math.ceil(length / 2_000))

    expect(sum(polls)).toBeLessThan(sum(everyTwo))
  })

  it.each([0.6, 1, 1.6])('are seen finished in time, with a guess of %d times as long', (guess) => {
    for (const length of lengths) {
      const { lateMs } = watch(length, told, length * guess)

      expect(lateMs / length).toBeLessThanOrEqual(0.1)
      expect(lateMs).toBeLessThanOrEqual(10_000)
    }
  })
})

/** How late Temporal's server repeats an attempt. Polls that fall on whole seconds know more of progress than others. */
const A_MOMENT_MS = 30

// No schedule sees each of them within a tenth of its length by fewer polls than one every 2 s: see bench/polling.
describe.each([
  ['no progress', none],
  ['steady progress', steady],
  ['progress that runs ahead', aheadBy(2)],
  ['progress that stalls', stalled],
] as const)(
  'jobs of about 10 s with %s, whose length is guessed up to twice too long or too short',
  (_, told) => {
    const outcomes = around(10).flatMap((length) =>
      [0.5, 0.6, 0.7, 0.85, 1, 1.2, 1.4, 1.7, 2].map((guess) =>
        watch(length, told, length * guess, A_MOMENT_MS),
      ),
    )

    it('need fewer polls than one every 2 s', () => {
      expect(sum(outcomes.map(({ polls }) => polls)) / outcomes.length).toBeLessThan(5.5)
    })

    it('are seen finished within a tenth of their length on average', () => {
      expect(sum(outcomes.map(({ lateMs }) => lateMs)) / outcomes.length).toBeLessThan(1_000)
    })
  },
)

describe('a job that is much faster than was guessed', () => {
  it('is seen in time by the progress that it tells', () => {
    expect(watch(20_000, done, 600_000).lateMs).toBeLessThanOrEqual(2_000)
  })
})

describe('progress that stands still', () => {
  it('never strands a finished job', () => {
    for (const shown of [1, 40, 99])
      expect(watch(600_000, () => shown, 60_000).lateMs).toBeLessThanOrEqual(10_000)
  })
})

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
