import { describe, expect, it } from 'vitest'
import type { StartRecord } from '../../domain/start-decision.ts'
import { afterStatusCheck, doubtEndsAt } from '../../domain/start-decision.ts'

const NOTHING: StartRecord = {
  draftStatus: 'created',
  intendedAt: null,
  inDoubtAt: null,
  repeatedAt: null,
  startedAt: null,
}
const CALL = { callTimeoutMs: 30_000, settleMarginMs: 30_000 }
const ELAPSED = { ...CALL, elapsedMs: 60_000 }
const T = 1_000_000

const SENT = { ...NOTHING, intendedAt: T }
const IN_DOUBT = { ...SENT, inDoubtAt: T + 5_000 }
const REPEATED = { ...IN_DOUBT, repeatedAt: T + 100_000 }
const REPEATED_IN_DOUBT = { ...REPEATED, inDoubtAt: T + 110_000 }

describe('the doubt window', () => {
  it.each([
    ['after an answer that left it in doubt runs from that answer', IN_DOUBT, T + 5_000 + 60_000],
    ['after a crash in mid-send runs from the longest end the send can have', SENT, T + 30_000 + 60_000],
    ['after a crash in the repeat runs from that repeat', REPEATED, T + 100_000 + 30_000 + 60_000],
    ['after a repeat in doubt runs from its answer', REPEATED_IN_DOUBT, T + 110_000 + 60_000],
  ] as const)('%s', (_situation, start, end) => {
    expect(doubtEndsAt(start, CALL)).toBe(end)
  })
})

describe('a status check', () => {
  it.each([
    ['the job runs', IN_DOUBT, 'processing', 0, 'started'],
    ['the job is done', IN_DOUBT, 'completed', 0, 'started'],
    ['the job failed', IN_DOUBT, 'failed', 0, 'started'],
    ['the draft was created and now waits its turn', IN_DOUBT, 'pending', 0, 'started'],
    ['the status is a word nobody knows', IN_DOUBT, 'warming_up', 0, 'started'],
    ['it runs after the window', IN_DOUBT, 'processing', 60_000, 'started'],
    ['nothing moved within the window', IN_DOUBT, 'created', 59_999, 'check-again'],
    ['nothing moved by the end of the window', IN_DOUBT, 'created', 60_000, 'repeat'],
    ['nothing moved after a crash in mid-send, too soon', SENT, 'created', 60_000, 'check-again'],
    ['nothing moved after a crash in mid-send', SENT, 'created', 90_000, 'repeat'],
    ['nothing moved after the repeat, too soon', REPEATED, 'created', 100_000, 'check-again'],
    ['nothing moved after the repeat', REPEATED, 'created', 185_000, 'unknown'],
    ['nothing moved after a repeat in doubt, too soon', REPEATED_IN_DOUBT, 'created', 164_999, 'check-again'],
    ['nothing moved after a repeat in doubt', REPEATED_IN_DOUBT, 'created', 165_000, 'unknown'],
    ['the repeat went through', REPEATED_IN_DOUBT, 'processing', 165_000, 'started'],
    ['the vendor denies the job within the window', IN_DOUBT, null, 10_000, 'check-again'],
    ['the vendor denies the job', IN_DOUBT, null, 60_000, 'unknown'],
  ] as const)('when %s, draws the conclusion', (_situation, start, status, sinceInDoubtMs, conclusion) => {
    const now = T + 5_000 + sinceInDoubtMs

    expect(afterStatusCheck({ start, status, now, ...ELAPSED })).toBe(conclusion)
  })

  it.each([
    ['pending', 59_999, 'check-again'],
    ['pending', 60_000, 'unknown'],
    ['processing', 0, 'started'],
    ['completed', 0, 'started'],
    // "Start not yet asked", whatever the create reply called it: it has not moved.
    ['created', 59_999, 'check-again'],
    ['created', 60_000, 'repeat'],
    [null, 60_000, 'unknown'],
  ] as const)('at a draft that was already pending: %s after %d ms', (status, sinceMs, conclusion) => {
    const start = { ...IN_DOUBT, draftStatus: 'pending' }

    expect(afterStatusCheck({ start, status, now: T + 5_000 + sinceMs, ...ELAPSED })).toBe(conclusion)
  })

  it.each([
    ['created', 59_999, 'check-again'],
    ['created', 60_000, 'repeat'],
    ['processing', 0, 'started'],
    [null, 59_999, 'check-again'],
  ] as const)(
    'by a clock that jumped an hour concludes from what was watched alone: %s after %d ms',
    (status, elapsedMs, conclusion) => {
      const now = T + 3_600_000

      expect(afterStatusCheck({ start: IN_DOUBT, status, now, ...CALL, elapsedMs })).toBe(conclusion)
    },
  )
})
