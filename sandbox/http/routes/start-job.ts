import { acceptAgain, acceptStart } from '../accept-start.ts'
import { idOf } from '../job-document.ts'
import { startRequestSchema } from '../job-request.schema.ts'
import type { Call } from '../operation.ts'
import { parseBody } from '../parse-body.ts'
import type { Reply } from '../reply.ts'
import { settingsFromStart } from '../requested-settings.ts'
import type { Site } from '../site.ts'
import { jobNotFound } from '../vendor-error.ts'

/** POST /v1/jobs/{job_id}/start. Source: docs/vendors/removebgvideo.md §6. */
export async function startJob({ request, fingerprint, jobId, fault }: Call, site: Site): Promise<Reply> {
  const job = site.state.jobOf(jobId, fingerprint)
  if (job === undefined) throw jobNotFound()
  const wanted = parseBody(request, startRequestSchema)
  if (job.startedAt === null) {
    const settings = settingsFromStart(wanted, job.settings)
    if (fault?.type === 'job') job.fate = fault
    if (wanted.webhook_url !== undefined) job.webhookUrl = wanted.webhook_url
    await acceptStart(job, settings, site)
  } else {
    acceptAgain(job, site)
  }
  return {
    status: 200,
    json: { success: true, ...idOf(job, site.modes.idField), status: 'processing', message: 'Job started' },
  }
}
