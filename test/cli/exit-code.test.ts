import { describe, expect, it } from 'vitest'
import { exitCodeOf } from '../../cli/terminal/end-with-failure.ts'
import { FAILURES, isFailureKind, ruleOf } from '../../domain/failures.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'

/** Source: docs/reference.md. */
const PROMISED = {
  InvalidRequest: 2,
  InvalidInput: 2,
  BudgetExceeded: 2,
  InsufficientCredits: 3,
  CredentialsRejected: 3,
  RateLimited: 7,
  VendorUnavailable: 7,
  CircuitOpen: 7,
  JobNotVisible: 5,
  ContractViolation: 7,
  UnknownOutcome: 5,
  ProcessingFailed: 4,
  OutputExpired: 5,
  OutputInvalid: 4,
  NotFound: 2,
  DeadlineExceeded: 5,
  Cancelled: 6,
  PlatformUnavailable: 7,
  Unexpected: 1,
}

describe('the exit code', () => {
  it.each(Object.entries(PROMISED))('of %s is %i', (kind, code) => {
    if (!isFailureKind(kind)) throw new TypeError(`${kind} is no kind of failure`)

    expect(exitCodeOf(new RemovalFailure(kind, 'so it is'))).toBe(code)
    expect(ruleOf(kind).exitCode).toBe(code)
  })

  it('is promised for every kind of failure', () => {
    expect(Object.keys(PROMISED)).toEqual(Object.keys(FAILURES))
  })

  it('of a bug is 1', () => {
    expect(exitCodeOf(new TypeError('undefined is not a function'))).toBe(1)
    expect(exitCodeOf('thrown')).toBe(1)
  })
})
