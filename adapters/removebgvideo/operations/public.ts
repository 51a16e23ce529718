import { parseResponse } from '../call/perform-call.ts'
import type { Redactor } from '../call/redact.ts'
import type { VendorCall, VendorResponse } from '../call/vendor-call.ts'
import { pathSegment, requestIdOf } from '../call/vendor-call.ts'
import { failureFromResponse } from '../errors.ts'
import { downloadSchema, healthSchema, pricingSchema } from '../responses/responses.schema.ts'

// The routes that take no key, so none is sent there (docs/vendors/removebgvideo.md §2).

/** The vendor's live prices, in credits per minute of video, by its model names. */
export interface Pricing {
  /** By the name of the model. */
  creditsPerMinute: Readonly<Record<string, number>>
  /** The vendor's id of the call, for its support; null where it gave none. */
  requestId: string | null
}

/** Whether the vendor calls itself configured: for dashboards, not a gate (docs/vendors/removebgvideo.md §19.34). */
export interface Health {
  /** The vendor's word: `ok`, `degraded`, or another. */
  status: string
  /** In the vendor's own words. */
  checks: Record<string, unknown>
}

/** Where a finished output can be fetched. */
export interface Download {
  /** Time-bound http(s) URL: never to be stored or logged. */
  downloadUrl: string
  /** The vendor's word for the format; null where it gave none. */
  outputFormat: string | null
  /** The vendor's id of the call, for its support; null where it gave none. */
  requestId: string | null
}

/** GET /api/pricing. */
export function pricingCall(): VendorCall<Pricing> {
  const subject = { operation: 'pricing', vendorJobId: null } as const
  const read = (response: VendorResponse, redact: Redactor) => ({
    ...parseResponse(subject, response, pricingSchema, redact),
    requestId: requestIdOf(response, redact),
  })
  return { ...subject, method: 'GET', path: '/api/pricing', sendsKey: false, body: null, read }
}

/** GET /health: a report counts under any status, since that of `degraded` is undocumented. */
export function healthCall(): VendorCall<Health> {
  const subject = { operation: 'health', vendorJobId: null } as const
  function read(response: VendorResponse, redact: Redactor): Health {
    const isSuccess = response.status >= 200 && response.status < 300
    if (!isSuccess && !healthSchema.safeParse(response.json).success) {
      throw failureFromResponse(subject, response, redact)
    }
    return parseResponse(subject, response, healthSchema, redact)
  }
  return {
    ...subject,
    method: 'GET',
    path: '/health',
    sendsKey: false,
    body: null,
    readsAnyStatus: true,
    read,
  }
}

/** GET /api/download/{id}. */
export function legacyDownloadCall(id: string): VendorCall<Download> {
  const subject = { operation: 'legacyDownload', vendorJobId: id } as const
  const read = (response: VendorResponse, redact: Redactor) => ({
    ...parseResponse(subject, response, downloadSchema, redact),
    requestId: requestIdOf(response, redact),
  })
  return {
    ...subject,
    method: 'GET',
    path: `/api/download/${pathSegment(id)}`,
    sendsKey: false,
    body: null,
    read,
  }
}
