import { parseResponse } from '../call/perform-call.ts'
import type { VendorCall } from '../call/vendor-call.ts'
import { requestIdOf } from '../call/vendor-call.ts'
import { usageEventsSchema, usageSummarySchema } from '../responses/responses.schema.ts'

/** What this key used; null where the vendor gives no figure. */
export interface UsageSummary {
  /** Null where the response does not say. */
  totalJobs: number | null
  /** Null where the response does not say. */
  completedJobs: number | null
  /** Null where the response does not say. */
  creditsUsed: number | null
  /** The vendor's id of the call, for its support; null where it gave none. */
  requestId: string | null
}

/** GET /v1/usage/summary for the last 1 to 90 days. */
export function usageSummaryCall(days: number): VendorCall<UsageSummary> {
  const subject = { operation: 'usageSummary', vendorJobId: null } as const
  return {
    ...subject,
    method: 'GET',
    path: `/v1/usage/summary?days=${days}`,
    sendsKey: true,
    body: null,
    read: (response, redact) => ({
      ...parseResponse(subject, response, usageSummarySchema, redact),
      requestId: requestIdOf(response, redact),
    }),
  }
}

/** GET /v1/usage/events: the last 1 to 100, not a complete ledger; each as the vendor wrote it. */
export function usageEventsCall(limit: number): VendorCall<Record<string, unknown>[]> {
  const subject = { operation: 'usageEvents', vendorJobId: null } as const
  return {
    ...subject,
    method: 'GET',
    path: `/v1/usage/events?limit=${limit}`,
    sendsKey: true,
    body: null,
    read: (response, redact) => parseResponse(subject, response, usageEventsSchema, redact),
  }
}
