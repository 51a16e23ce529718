import type { FailureKind } from '../../domain/failures.ts'
import type { SendOutcome } from '../../domain/removal-failure.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { CallSubject } from './operation.ts'
import { deedOf } from './operation.ts'
import type { Redactor } from './redact.ts'

/** What a call met instead of an answer. */
interface NetworkError {
  code: string
  syscall: string | null
  message: string
}

/** What was on the line was not HTTP, or more of it than HTTP allows. */
const NOT_HTTP =
  /^(HPE_|UND_ERR_(HEADERS_OVERFLOW|RES_CONTENT_LENGTH_MISMATCH|RESPONSE|ABORTED_BODY)|ERR_HTTP2?_)/

// Before a byte of the request: the name, the connection, the vendor's certificate.
const BEFORE_SENDING =
  /^(ECONNREFUSED|ENOTFOUND|EAI_[A-Z]+|EHOSTUNREACH|ENETUNREACH|ENETDOWN|UND_ERR_CONNECT_TIMEOUT|CERT_[A-Z_]+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(GET_ISSUER_CERT(_LOCALLY)?|VERIFY_LEAF_SIGNATURE|DECRYPT_CERT_SIGNATURE|GET_CRL)|ERR_TLS_CERT_ALTNAME_INVALID|ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG))$/

/**
 * The failure that a call without a whole answer stands for. `not-sent` is said only where no byte of the request
 * can have arrived; everything else is `unclear` (design §3.4).
 */
export function failureFromNetworkError(call: CallSubject, error: unknown, redact: Redactor): RemovalFailure {
  const network = networkErrorFrom(error)
  const kind: FailureKind = NOT_HTTP.test(network.code) ? 'ContractViolation' : 'VendorUnavailable'
  const what = redact.line([network.code, network.message].filter((part) => part !== '').join(': '), 200)
  return new RemovalFailure(kind, `${deedOf(call)}: no answer from the vendor: ${what}`, {
    vendorJobId: call.vendorJobId,
    sendOutcome: sendOutcomeOf(network),
    // The original may carry pieces of the answer along.
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
      sendOutcome: 'unclear',
    },
  )
}

function sendOutcomeOf({ code, syscall }: NetworkError): SendOutcome {
  const connecting = syscall === 'connect' || syscall === 'getaddrinfo'
  return connecting || BEFORE_SENDING.test(code) ? 'not-sent' : 'unclear'
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
