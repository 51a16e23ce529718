import { describe, expect, it } from 'vitest'
import type { StartMarks } from '../../domain/start-decision.ts'
import { afterLook, firstStep, settledAt } from '../../domain/start-decision.ts'

const NOTHING: StartMarks = {
  draftStatus: 'created',
  intendedAt: null,
  unclearAt: null,
  repeatedAt: null,
  startedAt: null,
}
const CALL = { callTimeoutMs: 30_000, settleMarginMs: 30_000 }
const WATCHED = { ...CALL, watchedMs: 60_000 }
const T = 1_000_000

const SENT = { ...NOTHING, intendedAt: T }
const UNCLEAR = { ...SENT, unclearAt: T + 5_000 }
const REPEATED = { ...UNCLEAR, repeatedAt: T + 100_000 }
const REPEATED_UNCLEAR = { ...REPEATED, unclearAt: T + 110_000 }

describe('before any call', () => {
  it.each([
    ['nothing was ever sent', NOTHING, 'send'],
    ['a send was meant, and its attempt died', SENT, 'look'],
    ['a send had no clear answer', UNCLEAR, 'look'],
    ['the repeat was meant as well', REPEATED, 'look'],
    ['the start is established', { ...UNCLEAR, startedAt: T + 9_000 }, 'done'],
    ['a person said that it was started', { ...NOTHING, startedAt: T }, 'done'],
  ] as const)('when %s, the step is known', (_situation, marks, step) => {
    expect(firstStep(marks)).toBe(step)
  })
})

describe('the settle window', () => {
  it.each([
    ['after an unclear answer runs from that answer', UNCLEAR, T + 5_000 + 60_000],
    ['after a crash in mid-send runs from the longest end the send can have', SENT, T + 30_000 + 60_000],
    ['after a crash in the repeat runs from that repeat', REPEATED, T + 100_000 + 30_000 + 60_000],
    ['after an unclear repeat runs from its answer', REPEATED_UNCLEAR, T + 110_000 + 60_000],
  ] as const)('%s', (_situation, marks, end) => {
    expect(settledAt(marks, CALL)).toBe(end)
  })
})

describe('a look', () => {
  it.each([
    ['the job runs', UNCLEAR, 'processing', 0, 'started'],
    ['the job is done', UNCLEAR, 'completed', 0, 'started'],
    ['the job failed', UNCLEAR, 'failed', 0, 'started'],
    ['the draft was created and now waits its turn', UNCLEAR, 'pending', 0, 'started'],
    ['the status is a word nobody knows', UNCLEAR, 'warming_up', 0, 'started'],
    ['it runs after the window', UNCLEAR, 'processing', 60_000, 'started'],
    ['nothing moved within the window', UNCLEAR, 'created', 59_999, 'look-again'],
    ['nothing moved by the end of the window', UNCLEAR, 'created', 60_000, 'repeat'],
    ['nothing moved after a crash in mid-send, too soon', SENT, 'created', 60_000, 'look-again'],
    ['nothing moved after a crash in mid-send', SENT, 'created', 90_000, 'repeat'],
    ['nothing moved after the repeat, too soon', REPEATED, 'created', 100_000, 'look-again'],
    ['nothing moved after the repeat', REPEATED, 'created', 185_000, 'unknown'],
    ['nothing moved after an unclear repeat, too soon', REPEATED_UNCLEAR, 'created', 164_999, 'look-again'],
    ['nothing moved after an unclear repeat', REPEATED_UNCLEAR, 'created', 165_000, 'unknown'],
    ['the repeat went through', REPEATED_UNCLEAR, 'processing', 165_000, 'started'],
    ['the vendor denies the job within the window', UNCLEAR, null, 10_000, 'look-again'],
    ['the vendor denies the job', UNCLEAR, null, 60_000, 'unknown'],
  ] as const)('when %s, draws the conclusion', (_situation, marks, status, sinceUnclearMs, conclusion) => {
    const now = T + 5_000 + sinceUnclearMs

    expect(afterLook({ marks, status, now, ...WATCHED })).toBe(conclusion)
  })

  it.each([
    ['pending', 59_999, 'look-again'],
    ['pending', 60_000, 'unknown'],
    ['processing', 0, 'started'],
    ['completed', 0, 'started'],
    // "Start not yet asked", whatever the create reply called it: it has not moved.
    ['created', 59_999, 'look-again'],
    ['created', 60_000, 'repeat'],
    [null, 60_000, 'unknown'],
  ] as const)('at a draft that was already pending: %s after %d ms', (status, sinceMs, conclusion) => {
    const marks = { ...UNCLEAR, draftStatus: 'pending' }

    expect(afterLook({ marks, status, now: T + 5_000 + sinceMs, ...WATCHED })).toBe(conclusion)
  })

  it.each([
    ['created', 59_999, 'look-again'],
    ['created', 60_000, 'repeat'],
    ['processing', 0, 'started'],
    [null, 59_999, 'look-again'],
  ] as const)(
    'by a clock that jumped an hour concludes from what was watched alone: %s after %d ms',
    (status, watchedMs, conclusion) => {
      const now = T + 3_600_000

      expect(afterLook({ marks: UNCLEAR, status, now, ...CALL, watchedMs })).toBe(conclusion)
    },
  )
})
