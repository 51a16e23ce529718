import type { FailureKind } from './failures.ts'

/** When each kind of failure is said, as `docs/reference.md` prints it. */
export const FAILURE_MEANING: Record<FailureKind, string> = {
  InvalidRequest:
    'A field of the request is wrong, or the vendor answered 400 or 422 to an upload, a create or the first start.',
  InvalidInput:
    'The input is no video, of a wrong type, over 500,000,000 bytes, unreadable, or at a URL that cannot be reached.',
  BudgetExceeded: "The estimate is over `maxCredits` or the project's budget, over all purchases.",
  InsufficientCredits:
    "The vendor's account is out of credits: its code under any HTTP status, and every 402.",
  CredentialsRejected: 'The vendor answered 401 or 403.',
  RateLimited: 'The vendor answered 429.',
  VendorUnavailable:
    'The vendor could not be reached, answered 5xx, did not answer in time, or cut a transfer short.',
  CircuitOpen: 'Nothing was sent, because the last calls of this operation all failed.',
  JobNotVisible: 'The vendor answers 404 for a job that was started, after a grace of 30 seconds.',
  ContractViolation:
    'The vendor answered what its contract does not allow, or named an output host that is not allowed.',
  UnknownOutcome: 'A start may or may not have happened, and status checks could not establish it.',
  ProcessingFailed: 'The vendor job ended as failed.',
  OutputExpired: 'The output can no longer be fetched, after every way to a fresh URL.',
  OutputInvalid:
    'A complete output is proven not to be what was bought, twice; with `strict`, also one about which there is a doubt.',
  NotFound:
    'No removal has this id, neither in Temporal nor in the ledger; or the file that is asked for was deleted.',
  DeadlineExceeded: "The removal's own deadline passed.",
  Cancelled: 'Somebody cancelled the removal.',
  PlatformUnavailable: 'Temporal, our storage or our database refuses, is full, or cannot be reached.',
  Unexpected: 'A bug of ours.',
}
