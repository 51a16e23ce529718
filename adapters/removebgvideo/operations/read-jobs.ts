import { parseResponse } from '../call/perform-call.ts'
import type { Redactor } from '../call/redact.ts'
import type { VendorCall, VendorResponse } from '../call/vendor-call.ts'
import { pathSegment, requestIdOf } from '../call/vendor-call.ts'
import { contractViolation } from '../errors.ts'
import { jobListSchema } from '../responses/responses.schema.ts'
import type { VendorJob } from '../vendor-job.schema.ts'
import { vendorJobSchema } from '../vendor-job.schema.ts'

/** GET /v1/jobs/{id}. */
export function getJobCall(id: string): VendorCall<VendorJob> {
  const subject = { operation: 'getJob', vendorJobId: id } as const
  function read(response: VendorResponse, redact: Redactor): VendorJob {
    const job = parseResponse(subject, response, vendorJobSchema, redact)
    if (job.id !== id) throw contractViolation(subject, response, 'it is about another job', redact)
    return plainJob(job, requestIdOf(response, redact), redact)
  }
  return { ...subject, method: 'GET', path: `/v1/jobs/${pathSegment(id)}`, sendsKey: true, body: null, read }
}

/** A page of the jobs that this key made. */
export interface JobPage {
  /** Jobs on the page; 20 unless given. */
  limit?: number
  /** Jobs before the page; none unless given. */
  offset?: number
  /** Filters by the vendor's own word; all when not given. */
  status?: string
}

/** GET /v1/jobs: for reconciliation only, offsets may skip or repeat rows (docs/vendors/removebgvideo.md §19.21). */
export function listJobsCall({ limit = 20, offset = 0, status }: JobPage): VendorCall<VendorJob[]> {
  const subject = { operation: 'listJobs', vendorJobId: null } as const
  const query = new URLSearchParams({ limit: String(limit), offset: String(offset) })
  if (status !== undefined) query.set('status', status)
  return {
    ...subject,
    method: 'GET',
    path: `/v1/jobs?${query.toString()}`,
    sendsKey: true,
    body: null,
    read: (response, redact) =>
      parseResponse(subject, response, jobListSchema, redact).map((job) =>
        plainJob(job, requestIdOf(response, redact), redact),
      ),
  }
}

/** A parsed job whose texts are fit for logs, histories and the ledger. */
function plainJob(job: Omit<VendorJob, 'requestId'>, requestId: string | null, redact: Redactor): VendorJob {
  const line = (text: string | null, maxLength: number) =>
    text === null ? null : redact.line(text, maxLength)
  return {
    ...job,
    requestId,
    error: line(job.error, 300),
    errorCode: line(job.errorCode, 64),
    billingStatus: line(job.billingStatus, 200),
    createdAt: line(job.createdAt, 64),
  }
}
