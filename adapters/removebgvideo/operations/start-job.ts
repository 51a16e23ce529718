import type { Composition } from '../../../domain/removal-request.schema.ts'
import { parseResponse } from '../call/perform-call.ts'
import type { Redactor } from '../call/redact.ts'
import type { VendorCall, VendorResponse } from '../call/vendor-call.ts'
import { pathSegment, requestIdOf } from '../call/vendor-call.ts'
import { contractViolation } from '../errors.ts'
import { jobAcceptedSchema } from '../responses/responses.schema.ts'

/** What only a start can say (docs/vendors/removebgvideo.md §6). */
export interface StartSettings {
  /** Canvas and placement of the foreground. */
  composition?: Composition | null
  /** Process only this much of the video. */
  previewSeconds?: number | null
}

/** An accepted start. */
export interface StartedJob {
  /** The vendor's word, verbatim; null when the response has none. */
  status: string | null
  /** The vendor's id of the call, for its support; null where it gave none. */
  requestId: string | null
}

/** POST /v1/jobs/{id}/start: the only call that spends. Repeat it by the rules of docs/architecture.md alone. */
export function startJobCall(
  id: string,
  { composition, previewSeconds }: StartSettings,
): VendorCall<StartedJob> {
  const subject = { operation: 'startJob', vendorJobId: id } as const
  function read(response: VendorResponse, redact: Redactor): StartedJob {
    const accepted = parseResponse(subject, response, jobAcceptedSchema, redact)
    if (accepted.id !== id) throw contractViolation(subject, response, 'it is about another job', redact)
    return { status: accepted.status, requestId: requestIdOf(response, redact) }
  }
  const json = {
    ...(composition ? { composition } : {}),
    ...(typeof previewSeconds === 'number' ? { preview_duration: previewSeconds } : {}),
  }
  return {
    ...subject,
    method: 'POST',
    path: `/v1/jobs/${pathSegment(id)}/start`,
    sendsKey: true,
    body: { json },
    read,
  }
}
