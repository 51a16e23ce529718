import { z } from 'zod'
import { jobDocument } from '../job-document.ts'
import type { Call } from '../operation.ts'
import type { Reply } from '../reply.ts'
import type { Site } from '../site.ts'
import { invalidRequest, jobNotFound } from '../vendor-error.ts'

/** GET /v1/jobs/{job_id}. Source: docs/vendors/removebgvideo.md §10. */
export async function readJob({ fingerprint, jobId }: Call, site: Site): Promise<Reply> {
  const job = site.state.jobOf(jobId, fingerprint)
  if (job === undefined) throw jobNotFound()
  return { status: 200, json: jobDocument(job, site) }
}

const listQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  offset: z.coerce.number().int().min(0).default(0),
  status: z.string().optional(),
})

/** GET /v1/jobs, newest first. Source: docs/vendors/removebgvideo.md §12. */
export async function listJobs({ request, fingerprint }: Call, site: Site): Promise<Reply> {
  const query = listQuerySchema.safeParse(request.query)
  if (!query.success) throw invalidRequest('limit must be 1 to 100, offset 0 or more')
  const { limit, offset, status } = query.data
  const shown = [...site.state.jobs.values()]
    .filter((job) => job.keyFingerprint === fingerprint)
    .map((job) => jobDocument(job, site))
    .filter((document) => status === undefined || document['status'] === status)
    .reverse()
    .slice(offset, offset + limit)
  const { listEnvelope } = site.modes
  return { status: 200, json: listEnvelope === 'array' ? shown : { [listEnvelope]: shown } }
}
