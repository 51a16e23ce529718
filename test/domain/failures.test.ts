import { describe, expect, it } from 'vitest'
import { adviceFor } from '../../domain/failure-advice.ts'
import type { FailureKind, FailureRule } from '../../domain/failures.ts'
import { FAILURES, isFailureKind, ruleOf } from '../../domain/failures.ts'

type Row = [
  kind: FailureKind,
  retryable: boolean,
  parks: FailureRule['parks'],
  fallback: FailureRule['fallback'],
  httpStatus: number,
  exitCode: number,
]

/** docs/reference.md, typed off by hand: a change of the product's table must be meant. */
const PROMISED: Row[] = [
  ['InvalidRequest', false, 'never', 'never', 422, 2],
  ['InvalidInput', false, 'never', 'never', 422, 2],
  ['BudgetExceeded', false, 'never', 'cheaper', 402, 2],
  ['InsufficientCredits', false, 'at-once', 'never', 402, 3],
  ['CredentialsRejected', false, 'at-once', 'never', 502, 3],
  ['RateLimited', true, 'after-budget', 'never', 503, 7],
  ['VendorUnavailable', true, 'after-budget', 'never', 503, 7],
  ['CircuitOpen', true, 'after-budget', 'never', 503, 7],
  ['JobNotVisible', false, 'at-once', 'never', 502, 5],
  ['ContractViolation', true, 'after-budget', 'never', 502, 7],
  ['UnknownOutcome', false, 'at-once', 'never', 502, 5],
  ['ProcessingFailed', false, 'never', 'another', 502, 4],
  ['OutputExpired', false, 'at-once', 'never', 502, 5],
  ['OutputInvalid', false, 'never', 'another', 502, 4],
  ['NotFound', false, 'never', 'never', 404, 2],
  ['DeadlineExceeded', false, 'after-start', 'never', 504, 5],
  ['Cancelled', false, 'never', 'never', 409, 6],
  ['PlatformUnavailable', true, 'after-budget', 'never', 503, 7],
  ['Unexpected', true, 'after-start', 'never', 500, 1],
]

describe('the table of failures', () => {
  it('has the promised kinds and no other', () => {
    expect(Object.keys(FAILURES).toSorted()).toEqual(PROMISED.map(([kind]) => kind).toSorted())
  })

  it.each(PROMISED)(
    'says of %s what is promised',
    (kind, retryable, parks, fallback, httpStatus, exitCode) => {
      expect(ruleOf(kind)).toMatchObject({ retryable, parks, fallback, httpStatus, exitCode })
    },
  )

  it.each(PROMISED)('says what wakes a removal parked for %s', (kind, retryable, parks) => {
    const expected = parks === 'never' ? null : parks === 'after-budget' && retryable ? 'time' : 'person'

    expect(ruleOf(kind).wakes).toBe(expected)
  })
})

describe('a word read from outside', () => {
  it.each(['RateLimited', 'Cancelled'])('is a kind: %s', (word) => {
    expect(isFailureKind(word)).toBe(true)
  })

  it.each(['StillWaiting', 'toString', '', null, 7, undefined])('is no kind: %s', (word) => {
    expect(isFailureKind(word)).toBe(false)
  })
})

describe.each(Object.keys(FAILURES).filter(isFailureKind))('the advice about %s', (kind) => {
  const { userMessage, hint } = adviceFor(kind, null)

  it('tells an end user one or two plain sentences', () => {
    expect(userMessage).toMatch(/^[A-Z][^.]*\.( [A-Z][^.]*\.)?$/)
  })

  it('tells an end user nothing of the vendor, of keys or of money', () => {
    expect(userMessage).not.toMatch(/removebg|vendor|api|key|credit|temporal|http|cost [\d]/i)
  })

  it('tells an operator something else', () => {
    expect(isFailureKind(kind)).toBe(true)
    expect(hint).not.toBe(userMessage)
    expect(hint).toMatch(/\.$/)
  })

  it('names the removal where it is known, and never a placeholder', () => {
    const named = adviceFor(kind, 'rm_7').hint

    expect([hint, named].join()).not.toMatch(/<\w+>/)
    expect(hint).not.toContain('null')
    for (const [command = ''] of named.matchAll(/matteflow (?:resume|watch|status|cancel) \w+/g))
      expect(command).toMatch(/ rm_7$/)
  })
})
