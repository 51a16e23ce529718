import type { FailureKind } from '../../domain/failures.ts'
import type { Operation } from './operation.ts'

/**
 * One request and its answer, fit to be kept: no key, no query string of any URL, bodies bounded. Support
 * needs it, and upgrades are tested on it (docs/architecture.md).
 */
export interface VendorExchange {
  operation: Operation
  method: 'GET' | 'POST'
  /** Without its query. */
  url: string
  requestHeaders: Record<string, string>
  /** The JSON sent, or what an upload was made of; null where there was no body. */
  requestBody: unknown
  /** Null where no answer came. */
  status: number | null
  responseHeaders: Record<string, string>
  /** At most 16 KiB of text; null where no body could be read. */
  responseBody: string | null
  durationMs: number
  /** When the call began, ISO 8601. */
  at: string
  /** The message of the failure the call ended with; null when it gave a value. */
  error: string | null
}

/** One finished call in numbers and ids, for logs and metrics. */
export interface VendorCallRecord {
  operation: Operation
  durationMs: number
  httpStatus: number | null
  requestId: string | null
  vendorJobId: string | null
  /** Null when the call gave a value; `Cancelled` when the caller's signal ended it. */
  kind: FailureKind | null
}
