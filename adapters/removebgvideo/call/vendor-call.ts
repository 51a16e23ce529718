import type { FailureKind } from '../../../domain/failures.ts'
import type { MultipartBody } from './multipart-body.ts'
import type { Redactor } from './redact.ts'

/** What a caller may say about a single call. */
export interface CallOptions {
  /** Ends the call at once; it then rejects with the signal's own reason. */
  signal?: AbortSignal
  /** Total time of the call, the bodies included. */
  timeoutMs?: number
  /** Called besides the client's own `onExchange`. */
  onExchange?: (exchange: VendorExchange) => void | Promise<void>
}

/** One request to make, and how to read what comes back. */
export interface VendorCall<Value> extends CallSubject {
  method: 'GET' | 'POST'
  /** With its query, ids already encoded. */
  path: string
  /** False for the routes that take no key: none is sent there (docs/vendors/removebgvideo.md §2). */
  sendsKey: boolean
  body: { json: Record<string, unknown> } | { multipart: MultipartBody } | null
  /** Reads responses of any status, not only 2xx. */
  readsAnyStatus?: boolean
  read: (response: VendorResponse, redact: Redactor) => Value
}

/** A vendor id as one segment of a path. */
export function pathSegment(id: string): string {
  if (id === '' || id === '.' || id === '..')
    throw new TypeError(`not a vendor job id: ${JSON.stringify(id)}`)
  return encodeURIComponent(id)
}

/** What came back: any status, a bounded body. */
export interface VendorResponse {
  status: number
  /** Lower-case names. */
  headers: Record<string, string>
  /** Decoded leniently; of 1 MiB at most. */
  text: string
  /** False where the body was longer than that, or broke off: then only a part of it is in `text`. */
  complete: boolean
  /** Undefined where the body is not JSON, or not whole. */
  json: unknown
}

/** The vendor's id of this call from the response's headers, for support. */
export function requestIdOf(response: VendorResponse, redact: Redactor): string | null {
  const id = redact.line(response.headers['x-request-id'] ?? '', 128)
  return id === '' ? null : id
}

/** The JSON of a text; undefined where there is none. */
export function jsonFrom(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The calls of the vendor's API that we make. The names appear in exchanges, logs and metrics. */
export type Operation =
  | 'upload'
  | 'createDraft'
  | 'startJob'
  | 'getJob'
  | 'listJobs'
  | 'usageSummary'
  | 'usageEvents'
  | 'pricing'
  | 'health'
  | 'legacyDownload'

const DEEDS: Record<Operation, string> = {
  upload: 'upload a video',
  createDraft: 'create a vendor job',
  startJob: 'start vendor job',
  getJob: 'read vendor job',
  listJobs: 'list vendor jobs',
  usageSummary: 'read the usage summary',
  usageEvents: 'read the usage events',
  pricing: 'read the price table',
  health: 'read the health report',
  legacyDownload: 'find the output of vendor job',
}

/** What was being done and on what, as messages begin: `start vendor job 7f3…`. */
export function deedOf({ operation, vendorJobId }: CallSubject): string {
  if (vendorJobId === null) return DEEDS[operation]
  return `${DEEDS[operation]} ${vendorJobId.length > 64 ? `${vendorJobId.slice(0, 63)}…` : vendorJobId}`
}

/** Which call, and of which vendor job where there is one. */
export interface CallSubject {
  /** Which call. */
  operation: Operation
  /** The job that it is about; null where there is none. */
  vendorJobId: string | null
}

/**
 * One request and its response, fit to be kept: no key, no query string of any URL, bodies bounded. Support
 * needs it, and upgrades are tested on it (docs/architecture.md).
 */
export interface VendorExchange {
  /** Which call. */
  operation: Operation
  /** Of the request. */
  method: 'GET' | 'POST'
  /** Without its query. */
  url: string
  /** Without the key. */
  requestHeaders: Record<string, string>
  /** The JSON sent, or what an upload was made of; null where there was no body. */
  requestBody: unknown
  /** Null where no response came. */
  status: number | null
  /** Lower-case names. */
  responseHeaders: Record<string, string>
  /** At most 16 KiB of text; null where no body could be read. */
  responseBody: string | null
  /** The whole call, the bodies included. */
  durationMs: number
  /** When the call began, ISO 8601. */
  at: string
  /** The message of the failure the call ended with; null when it gave a value. */
  error: string | null
}

/** One finished call in numbers and ids, for logs and metrics. */
export interface VendorCallRecord {
  /** Which call. */
  operation: Operation
  /** The whole call, the bodies included. */
  durationMs: number
  /** Null where no response came. */
  httpStatus: number | null
  /** The vendor's id of the call, for its support; null where it gave none. */
  requestId: string | null
  /** The job that it was about; null where there is none. */
  vendorJobId: string | null
  /** Null when the call gave a value; `Cancelled` when the caller's signal ended it. */
  kind: FailureKind | null
}
