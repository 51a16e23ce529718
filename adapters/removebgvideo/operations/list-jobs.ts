import { requestIdOf } from '../answer.ts'
import { jobListSchema } from '../answers/job-list.schema.ts'
import { parseAnswer } from '../parse-answer.ts'
import type { VendorCall } from '../vendor-call.ts'
import type { VendorJob } from '../vendor-job.schema.ts'
import { plainJob } from './plain-job.ts'

/** A page of the jobs that this key made. */
export interface JobPage {
  limit?: number
  offset?: number
  /** Filters by the vendor's own word; all when not given. */
  status?: string
}

/** GET /v1/jobs: for reconciliation only, offsets may skip or repeat rows (removebgvideo.md §19.21). */
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
    read: (answer, redact) =>
      parseAnswer(subject, answer, jobListSchema, redact).map((job) =>
        plainJob(job, requestIdOf(answer, redact), redact),
      ),
  }
}
