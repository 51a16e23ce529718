import type { FailureKind } from '../../domain/failures.ts'
import { ruleOf } from '../../domain/failures.ts'
import type { RemovalFailure } from '../../domain/removal-failure.ts'

/** What is wrong with one field of a request. */
export interface FieldError {
  /** Dotted path of the field; empty for the request as a whole. */
  field: string
  message: string
}

/** An RFC 9457 problem, as every refusal of the gateway is answered. */
export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  /** The failure's kind; null for what is the gateway's own. */
  kind: FailureKind | null
  requestId: string
  /** What the operator of the service can do; null for the gateway's own refusals. */
  hint: string | null
  errors?: FieldError[]
}

const OWN_PROBLEMS = {
  'bad-request': { status: 400, title: 'The request is malformed' },
  unauthenticated: { status: 401, title: 'A valid token is needed' },
  forbidden: { status: 403, title: 'This request is not allowed from there' },
  'not-found': { status: 404, title: 'There is nothing at this address' },
  'method-not-allowed': { status: 405, title: 'This method is not possible here' },
  conflict: { status: 409, title: 'The request conflicts with another one' },
  'id-in-use': { status: 409, title: 'The id belongs to another request' },
  'idempotency-key-reused': { status: 409, title: 'The idempotency key belongs to another request' },
  'request-in-flight': { status: 409, title: 'The same request is being handled right now' },
  'upload-incomplete': { status: 409, title: 'The upload is not complete' },
  'not-parked': { status: 409, title: 'The removal is not parked' },
  'upload-timed-out': { status: 410, title: 'The upload was not finished in time' },
  gone: { status: 410, title: 'It is no longer there' },
  'content-too-large': { status: 413, title: 'The content is too large' },
  'unsupported-media-type': { status: 415, title: 'This content type is not understood' },
  'range-not-satisfiable': { status: 416, title: 'The range lies outside the output' },
  undecodable: { status: 422, title: 'A payload cannot be decoded' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  draining: { status: 503, title: 'The gateway is shutting down' },
} as const

/** The name of a refusal that is the gateway's own, as it stands at the end of the problem's type. */
export type OwnProblem = keyof typeof OWN_PROBLEMS

/** A refusal of the gateway's own, thrown anywhere below a route. */
export class GatewayRefusal extends Error {
  override readonly name = 'GatewayRefusal'
  readonly problem: OwnProblem
  readonly headers: Readonly<Record<string, string>>

  constructor(
    problem: OwnProblem,
    detail: string,
    { headers = {} }: { headers?: Record<string, string> } = {},
  ) {
    super(detail)
    this.problem = problem
    this.headers = headers
  }
}

/** The response to a refusal of the gateway's own. */
export function problemOfRefusal({ problem, message }: GatewayRefusal, requestId: string): Problem {
  const { status, title } = OWN_PROBLEMS[problem]
  return {
    type: `urn:matteflow:problem:${problem}`,
    title,
    status,
    detail: message,
    kind: null,
    requestId,
    hint: null,
  }
}

/** The response to a failure: the table of failures decides its status. */
export function problemOfFailure(failure: RemovalFailure, requestId: string): Problem {
  const { kind, message, userMessage, hint } = failure.toDocument()
  return {
    type: `urn:matteflow:failure:${kind}`,
    title: userMessage,
    status: ruleOf(kind).httpStatus,
    detail: message,
    kind,
    requestId,
    hint,
  }
}
