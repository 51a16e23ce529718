import type { UploadFile } from '../call/multipart-body.ts'
import { createMultipartBody } from '../call/multipart-body.ts'
import { parseResponse } from '../call/perform-call.ts'
import type { VendorCall } from '../call/vendor-call.ts'
import { requestIdOf } from '../call/vendor-call.ts'
import { uploadSchema } from '../responses/responses.schema.ts'

/** A video that the vendor has stored. */
export interface Upload {
  /** What a job takes as its input; assume that everyone who knows it can fetch the video (docs/vendors/removebgvideo.md §4). */
  videoUrl: string
  /** The vendor's id of the file; null where it gave none. */
  videoId: string | null
  /** What the vendor says it stored. */
  sizeBytes: number | null
  /** The vendor's id of the call, for its support; null where it gave none. */
  requestId: string | null
}

/** POST /v1/uploads. */
export function uploadCall(file: UploadFile): VendorCall<Upload> {
  const subject = { operation: 'upload', vendorJobId: null } as const
  return {
    ...subject,
    method: 'POST',
    path: '/v1/uploads',
    sendsKey: true,
    body: { multipart: createMultipartBody(file) },
    read: (response, redact) => ({
      ...parseResponse(subject, response, uploadSchema, redact),
      requestId: requestIdOf(response, redact),
    }),
  }
}
