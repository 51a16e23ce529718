import type { CallSubject } from '../operation.ts'
import type { VendorExchange } from '../vendor-exchange.ts'
import type { MultipartBody } from './multipart-body.ts'
import type { Redactor } from './redact.ts'
import type { VendorResponse } from './vendor-response.ts'

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
  /** Reads answers of any status, not only 2xx. */
  readsAnyStatus?: boolean
  read: (answer: VendorResponse, redact: Redactor) => Value
}

/** A vendor id as one segment of a path. */
export function pathSegment(id: string): string {
  if (id === '' || id === '.' || id === '..')
    throw new TypeError(`not a vendor job id: ${JSON.stringify(id)}`)
  return encodeURIComponent(id)
}
