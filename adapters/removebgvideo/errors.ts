import type { FailureKind } from '../../domain/failures.ts'
import type { SendOutcome } from '../../domain/removal-failure.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { retryAfterMsFrom } from '../../domain/retry-after.ts'
import type { Redactor } from './call/redact.ts'
import type { CallSubject, Operation, VendorResponse } from './call/vendor-call.ts'
import { deedOf, requestIdOf } from './call/vendor-call.ts'
import { vendorErrorFrom } from './responses/vendor-error.schema.ts'

// The only file of this folder that names HTTP statuses, the vendor's own codes and the codes of sockets and proxies.

const NO_CREDITS = 'insufficient_credits'
const BAD_KEY = ['missing_api_key', 'invalid_api_key']

/** A definite no: the vendor has read the request and did nothing (docs/architecture.md). */
const REFUSALS = [400, 401, 402, 403, 422, 429]

const TAKES_SETTINGS: Operation[] = ['upload', 'createDraft', 'startJob']
const READS_ONE_JOB: Operation[] = ['getJob', 'legacyDownload']

/**
 * The failure that a response outside the contract's 2xx stands for: HTTP status first, `error.code` second, the
 * message never (docs/vendors/removebgvideo.md §19.11); credits by code under any status (§19.14). Also for a 2xx whose body
 * says that credits are missing.
 */
export function failureFromResponse(
  call: CallSubject,
  response: VendorResponse,
  redact: Redactor,
): RemovalFailure {
  const { message, code, requestId } = vendorErrorFrom(response.json)
  const kind = kindOf(call.operation, response.status, code)
  const words = kind === 'InvalidRequest' && message !== null ? `: ${redact.line(message, 200)}` : ''
  const id = requestId === null ? requestIdOf(response, redact) : redact.line(requestId, 128)
  const request = id === null ? '' : ` (request ${redact.line(id, 64)})`
  return new RemovalFailure(
    kind,
    `${deedOf(call)}: the vendor answered ${response.status}${words}${request}`,
    {
      httpStatus: response.status,
      vendorCode: code === null ? null : redact.line(code, 64),
      requestId: id,
      vendorJobId: call.vendorJobId,
      retryAfterMs: retryAfterMsFrom(response.headers['retry-after'], Date.now()),
      sendOutcome: sendOutcomeOf(response.status, code),
    },
  )
}

/** Whether a body that came with a 2xx is in truth the refusal for want of credits. */
export function saysInsufficientCredits(json: unknown): boolean {
  return vendorErrorFrom(json).code === NO_CREDITS
}

/** What a vendor job that ended `failed` means: its own failure, or missing credits (docs/vendors/removebgvideo.md §19.14). */
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
  return REFUSALS.includes(status) || code === NO_CREDITS ? 'refused' : 'in-doubt'
}

/** The failure of a response that is not what the contract says; `complaint` says in what. */
export function contractViolation(
  call: CallSubject,
  response: VendorResponse,
  complaint: string,
  redact: Redactor,
): RemovalFailure {
  const inBody = vendorErrorFrom(response.json).requestId
  const requestId = inBody === null ? requestIdOf(response, redact) : redact.line(inBody, 128)
  const request = requestId === null ? '' : ` (request ${redact.line(requestId, 64)})`
  const what = redact.line(complaint, 160)
  return new RemovalFailure(
    'ContractViolation',
    `${deedOf(call)}: the vendor's ${response.status} breaks the contract: ${what}${request}`,
    {
      httpStatus: response.status,
      requestId,
      vendorJobId: call.vendorJobId,
      sendOutcome: 'in-doubt',
    },
  )
}

/** What a call met instead of a response. */
interface NetworkError {
  code: string
  syscall: string | null
  message: string
}

/** What was on the line was not HTTP, or more of it than HTTP allows. */
const NOT_HTTP =
  /^(HPE_|UND_ERR_(HEADERS_OVERFLOW|RES_CONTENT_LENGTH_MISMATCH|RESPONSE|ABORTED_BODY)|ERR_HTTP2?_)/

/** A proxy that opens no tunnel has let no byte of the request through. */
const PROXY_REFUSAL = /^Proxy response \((\d+)\)/
const PROXY_HINT =
  'Correct HTTPS_PROXY, or name the vendor in NO_PROXY, and restart the worker; the removal wakes by itself.'

// Before a byte of the request: the name, the connection, the vendor's certificate.
const BEFORE_SENDING =
  /^(ECONNREFUSED|ENOTFOUND|EAI_[A-Z]+|EHOSTUNREACH|ENETUNREACH|ENETDOWN|UND_ERR_CONNECT_TIMEOUT|UND_ERR_PRX_TLS|CERT_[A-Z_]+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(GET_ISSUER_CERT(_LOCALLY)?|VERIFY_LEAF_SIGNATURE|DECRYPT_CERT_SIGNATURE|GET_CRL)|ERR_TLS_CERT_ALTNAME_INVALID|ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG))$/

/**
 * The failure that a call without a whole response stands for. `not-sent` is said only where no byte of the request
 * can have arrived; everything else is `in-doubt` (docs/architecture.md).
 */
export function failureFromNetworkError(
  call: CallSubject,
  error: unknown,
  { redact, proxy }: { redact: Redactor; proxy: string | null },
): RemovalFailure {
  const network = networkErrorFrom(error)
  const kind: FailureKind = NOT_HTTP.test(network.code) ? 'ContractViolation' : 'VendorUnavailable'
  const status = PROXY_REFUSAL.exec(network.message)?.[1]
  const said = [network.code, network.message].filter((part) => part !== '').join(': ')
  const what = status === undefined ? redact.line(said, 200) : `it answered ${status}`
  const way = proxy === null ? '' : ` through the proxy ${proxy}`
  return new RemovalFailure(kind, `${deedOf(call)}: no answer from the vendor${way}: ${what}`, {
    ...(status !== undefined && { hint: PROXY_HINT }),
    vendorJobId: call.vendorJobId,
    sendOutcome: outcomeWithoutResponse(network),
    // The original may carry pieces of the response along.
    cause: new Error(what),
  })
}

/** The failure of a call whose own time ran out. */
export function failureFromTimeout(call: CallSubject, timeoutMs: number): RemovalFailure {
  return new RemovalFailure(
    'VendorUnavailable',
    `${deedOf(call)}: no answer from the vendor within ${timeoutMs / 1_000} s`,
    {
      vendorJobId: call.vendorJobId,
      sendOutcome: 'in-doubt',
    },
  )
}

function outcomeWithoutResponse({ code, syscall, message }: NetworkError): SendOutcome {
  const connecting = syscall === 'connect' || syscall === 'getaddrinfo'
  return connecting || BEFORE_SENDING.test(code) || PROXY_REFUSAL.test(message) ? 'not-sent' : 'in-doubt'
}

function networkErrorFrom(error: unknown): NetworkError {
  if (!(error instanceof Error)) return { code: '', syscall: null, message: String(error) }
  // Trying several addresses of a host ends in one AggregateError without a message.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error
  const source = first instanceof Error ? first : error
  const text = (name: string): string | null => {
    const value: unknown = Reflect.get(source, name) ?? Reflect.get(error, name)
    return typeof value === 'string' ? value : null
  }
  return {
    code: text('code') ?? (source.name === 'HTTPParserError' ? 'HPE_UNKNOWN' : ''),
    syscall: text('syscall'),
    message: source.message,
  }
}

/** Whether an error is a fault of this code and none of the network. */
export function isOurBug(error: unknown): boolean {
  return (
    error instanceof TypeError ||
    (error instanceof Error && 'code' in error && error.code === 'UND_ERR_INVALID_ARG')
  )
}
