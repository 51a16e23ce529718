/**
 * Every way a removal can fail, and what may be done about it. The kind is a wire name: it is stored in
 * histories, the ledger, logs and metrics. Source: docs/reference.md.
 *
 * - `retryable`: Temporal's server repeats the activity.
 * - `parks`: when the removal stops and waits instead of failing.
 * - `wakes`: what ends the waiting: a person's `resume`, or time as well.
 * - `fallback`: whether another model or format may be bought instead.
 */
export const FAILURES = {
  InvalidRequest: {
    retryable: false,
    parks: 'never',
    wakes: null,
    fallback: 'never',
    httpStatus: 422,
    exitCode: 2,
  },
  InvalidInput: {
    retryable: false,
    parks: 'never',
    wakes: null,
    fallback: 'never',
    httpStatus: 422,
    exitCode: 2,
  },
  BudgetExceeded: {
    retryable: false,
    parks: 'never',
    wakes: null,
    fallback: 'cheaper',
    httpStatus: 402,
    exitCode: 2,
  },
  InsufficientCredits: {
    retryable: false,
    parks: 'at-once',
    wakes: 'person',
    fallback: 'never',
    httpStatus: 402,
    exitCode: 3,
  },
  CredentialsRejected: {
    retryable: false,
    parks: 'at-once',
    wakes: 'person',
    fallback: 'never',
    httpStatus: 502,
    exitCode: 3,
  },
  RateLimited: {
    retryable: true,
    parks: 'after-budget',
    wakes: 'time',
    fallback: 'never',
    httpStatus: 503,
    exitCode: 7,
  },
  VendorUnavailable: {
    retryable: true,
    parks: 'after-budget',
    wakes: 'time',
    fallback: 'never',
    httpStatus: 503,
    exitCode: 7,
  },
  CircuitOpen: {
    retryable: true,
    parks: 'after-budget',
    wakes: 'time',
    fallback: 'never',
    httpStatus: 503,
    exitCode: 7,
  },
  JobNotVisible: {
    retryable: false,
    parks: 'at-once',
    wakes: 'person',
    fallback: 'never',
    httpStatus: 502,
    exitCode: 5,
  },
  ContractViolation: {
    retryable: true,
    parks: 'after-budget',
    wakes: 'time',
    fallback: 'never',
    httpStatus: 502,
    exitCode: 7,
  },
  UnknownOutcome: {
    retryable: false,
    parks: 'at-once',
    wakes: 'person',
    fallback: 'never',
    httpStatus: 502,
    exitCode: 5,
  },
  ProcessingFailed: {
    retryable: false,
    parks: 'never',
    wakes: null,
    fallback: 'another',
    httpStatus: 502,
    exitCode: 4,
  },
  OutputExpired: {
    retryable: false,
    parks: 'at-once',
    wakes: 'person',
    fallback: 'never',
    httpStatus: 502,
    exitCode: 5,
  },
  OutputInvalid: {
    retryable: false,
    parks: 'never',
    wakes: null,
    fallback: 'another',
    httpStatus: 502,
    exitCode: 4,
  },
  NotFound: {
    retryable: false,
    parks: 'never',
    wakes: null,
    fallback: 'never',
    httpStatus: 404,
    exitCode: 2,
  },
  DeadlineExceeded: {
    retryable: false,
    parks: 'after-start',
    wakes: 'person',
    fallback: 'never',
    httpStatus: 504,
    exitCode: 5,
  },
  Cancelled: {
    retryable: false,
    parks: 'never',
    wakes: null,
    fallback: 'never',
    httpStatus: 409,
    exitCode: 6,
  },
  PlatformUnavailable: {
    retryable: true,
    parks: 'after-budget',
    wakes: 'time',
    fallback: 'never',
    httpStatus: 503,
    exitCode: 7,
  },
  Unexpected: {
    retryable: true,
    parks: 'after-start',
    wakes: 'person',
    fallback: 'never',
    httpStatus: 500,
    exitCode: 1,
  },
} as const satisfies Record<string, FailureRule>

/** A row of the table: what may be done about one kind of failure. */
export interface FailureRule {
  /** Temporal's server repeats the activity. */
  retryable: boolean
  /** When the removal stops and waits instead of failing. */
  parks: 'never' | 'at-once' | 'after-budget' | 'after-start'
  /** What ends the waiting: a person's `resume`, or time as well. */
  wakes: 'person' | 'time' | null
  /** Whether another model or format may be bought instead. */
  fallback: 'never' | 'another' | 'cheaper'
  /** What the gateway answers. */
  httpStatus: number
  /** What the command line ends with. */
  exitCode: number
}

/** The literal name of a failure, the same in Temporal, logs, metrics, HTTP, database and command line. */
export type FailureKind = keyof typeof FAILURES

/** Whether a string read from outside names a kind of this table. */
export function isFailureKind(value: unknown): value is FailureKind {
  return typeof value === 'string' && Object.hasOwn(FAILURES, value)
}

/** The rule of a kind, widened, so that callers can ask any row the same question. */
export function ruleOf(kind: FailureKind): FailureRule {
  return FAILURES[kind]
}
