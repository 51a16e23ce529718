import type { FailureKind } from '../../domain/failures.ts'
import type { SendOutcome } from '../../domain/removal-failure.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { Answer } from './answer.ts'
import { requestIdOf } from './answer.ts'
import { vendorErrorFrom } from './answers/vendor-error.schema.ts'
import type { CallSubject, Operation } from './operation.ts'
import { deedOf } from './operation.ts'
import type { Redactor } from './redact.ts'
import { retryAfterMs } from './retry-after.ts'

const NO_CREDITS = 'insufficient_credits'
const BAD_KEY = ['missing_api_key', 'invalid_api_key']

/** A definite no: the vendor has read the request and did nothing (design §3.4). */
const REFUSALS = [400, 401, 402, 403, 422, 429]

const TAKES_SETTINGS: Operation[] = ['upload', 'createDraft', 'startJob']
const READS_ONE_JOB: Operation[] = ['getJob', 'legacyDownload']

/**
 * The failure that an answer outside the contract's 2xx stands for: HTTP status first, `error.code` second, the
 * message never (removebgvideo.md §19.11); credits by code under any status (§19.14). Also for a 2xx whose body
 * says that credits are missing.
 */
export function failureFromResponse(call: CallSubject, answer: Answer, redact: Redactor): RemovalFailure {
  const { message, code, requestId } = vendorErrorFrom(answer.json)
  const kind = kindOf(call.operation, answer.status, code)
  const words = kind === 'InvalidRequest' && message !== null ? `: ${redact.line(message, 200)}` : ''
  const id = requestId === null ? requestIdOf(answer, redact) : redact.line(requestId, 128)
  const request = id === null ? '' : ` (request ${redact.line(id, 64)})`
  return new RemovalFailure(kind, `${deedOf(call)}: the vendor answered ${answer.status}${words}${request}`, {
    httpStatus: answer.status,
    vendorCode: code === null ? null : redact.line(code, 64),
    requestId: id,
    vendorJobId: call.vendorJobId,
    retryAfterMs: retryAfterMs(answer.headers['retry-after'] ?? null),
    sendOutcome: sendOutcomeOf(answer.status, code),
  })
}

/** Whether a body that came with a 2xx is in truth the refusal for want of credits. */
export function saysInsufficientCredits(json: unknown): boolean {
  return vendorErrorFrom(json).code === NO_CREDITS
}

/** What a vendor job that ended `failed` means: its own failure, or missing credits (removebgvideo.md §19.14). */
export function failureFromFailedJob(job: {
  id: string
  error: string | null
  errorCode: string | null
  requestId: string | null
}): RemovalFailure {
  const kind = job.errorCode === NO_CREDITS ? 'InsufficientCredits' : 'ProcessingFailed'
  const why = job.error === null ? 'the vendor gave no reason' : job.error
  const deed = deedOf({ operation: 'getJob', vendorJobId: job.id })
  return new RemovalFailure(kind, `${deed}: it failed: ${why}`, {
    vendorJobId: job.id,
    vendorCode: job.errorCode,
    requestId: job.requestId,
  })
}

function kindOf(operation: Operation, status: number, code: string | null): FailureKind {
  if (code === NO_CREDITS || status === 402) return 'InsufficientCredits'
  if (status === 401 || status === 403) return 'CredentialsRejected'
  if (status === 429) return 'RateLimited'
  if (status >= 500) return 'VendorUnavailable'
  if (status === 404 && READS_ONE_JOB.includes(operation)) return 'JobNotVisible'
  // The error tables mix statuses and codes; failing a request for good over a bad key would be wrong (§14).
  if (status === 400 && code !== null && BAD_KEY.includes(code)) return 'CredentialsRejected'
  if ((status === 400 || status === 422) && TAKES_SETTINGS.includes(operation)) return 'InvalidRequest'
  // Too large, or of no type it takes: sending 500 MB again would not change that.
  if ((status === 413 || status === 415) && operation === 'upload') return 'InvalidRequest'
  return 'ContractViolation'
}

function sendOutcomeOf(status: number, code: string | null): SendOutcome {
  return REFUSALS.includes(status) || code === NO_CREDITS ? 'refused' : 'unclear'
}
