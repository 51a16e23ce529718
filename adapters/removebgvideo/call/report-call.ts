import type { FailureKind } from '../../../domain/failures.ts'
import { isRemovalFailure } from '../../../domain/removal-failure.ts'
import type { Connection } from '../connection.ts'
import { vendorErrorFrom } from '../responses/vendor-error.schema.ts'
import { headersOf } from './send-request.ts'
import type {
  CallOptions,
  VendorCall,
  VendorCallRecord,
  VendorExchange,
  VendorResponse,
} from './vendor-call.ts'
import { requestIdOf } from './vendor-call.ts'

/** How one call went. */
export interface CallOutcome {
  at: Date
  durationMs: number
  response: VendorResponse | null
  /** The job that the value is about, if any. */
  vendorJobId: string | null
  error: unknown
}

const KEPT_HEADERS = [
  'content-type',
  'content-length',
  'date',
  'location',
  'retry-after',
  'server',
  'x-request-id',
]
const MAX_KEPT_BODY = 16_384

/** Tells all who want to know about a finished call. Their failures never become the call's. */
export async function reportCall(
  connection: Connection,
  call: VendorCall<unknown>,
  options: CallOptions,
  outcome: CallOutcome,
): Promise<void> {
  const { onExchange, onCall, onExchangeError } = connection.options
  // A start that was bought must not fail because it could not be written down: the error goes to its own
  // listener, and without one nowhere.
  const aside = (error: unknown) => onExchangeError?.(error)
  try {
    onCall?.(recordOf(connection, call, outcome, options))
  } catch (error) {
    aside(error)
  }
  const listeners = [onExchange, options.onExchange].filter((listener) => listener !== undefined)
  if (listeners.length === 0) return
  const exchange = exchangeOf(connection, call, outcome)
  for (const listener of listeners) {
    try {
      await listener(exchange)
    } catch (error) {
      aside(error)
    }
  }
}

function recordOf(
  { redact }: Connection,
  call: VendorCall<unknown>,
  { response, error, durationMs, vendorJobId }: CallOutcome,
  { signal }: CallOptions,
): VendorCallRecord {
  const inBody = response === null ? null : vendorErrorFrom(response.json).requestId
  const inHeaders = response === null ? null : requestIdOf(response, redact)
  return {
    operation: call.operation,
    durationMs,
    httpStatus: response?.status ?? null,
    requestId: inBody === null ? inHeaders : redact.line(inBody, 128),
    vendorJobId: call.vendorJobId ?? vendorJobId,
    kind: error === null ? null : kindOf(error, signal),
  }
}

function kindOf(error: unknown, signal: AbortSignal | undefined): FailureKind {
  if (isRemovalFailure(error)) return error.kind
  return signal?.aborted ? 'Cancelled' : 'Unexpected'
}

function exchangeOf(connection: Connection, call: VendorCall<unknown>, outcome: CallOutcome): VendorExchange {
  const { redact, origin, pathPrefix } = connection
  const { response, error, at, durationMs } = outcome
  return {
    operation: call.operation,
    method: call.method,
    url: redact.text(`${origin}${pathPrefix}${call.path}`),
    requestHeaders: redact.json(headersOf(connection, call)) as Record<string, string>,
    requestBody: redact.json(keptBody(call)),
    status: response?.status ?? null,
    responseHeaders: redact.json(keptHeaders(response)) as Record<string, string>,
    responseBody: response === null ? null : redact.text(response.text).slice(0, MAX_KEPT_BODY),
    durationMs,
    at: at.toISOString(),
    error: error === null ? null : redact.line(messageOf(error), 400),
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'ended by the caller'
}

function keptBody({ body }: VendorCall<unknown>): unknown {
  if (body === null) return null
  if ('json' in body) return body.json
  const { fileName, partContentType, sizeBytes } = body.multipart
  return { multipart: { fileName, contentType: partContentType, sizeBytes } }
}

function keptHeaders(response: VendorResponse | null): Record<string, string> {
  const headers = Object.entries(response?.headers ?? {})
  return Object.fromEntries(headers.filter(([name]) => KEPT_HEADERS.includes(name)))
}
