import { CREDITS_PER_MINUTE } from '../../state/billing.ts'
import { jobPhase } from '../../state/job-phase.ts'
import { outputUrl } from '../job-document.ts'
import type { Call } from '../operation.ts'
import type { Reply } from '../reply.ts'
import type { Site } from '../site.ts'
import { invalidRequest, jobNotFound } from '../vendor-error.ts'

/** GET /api/pricing. Source: docs/vendors/removebgvideo.md §8. */
export async function pricing(): Promise<Reply> {
  const packages = [
    { name: 'Starter', credits: 600 },
    { name: 'Pro', credits: 3_000 },
    { name: 'Business', credits: 12_000 },
  ]
  const json = { model_pricing_credits_per_minute: CREDITS_PER_MINUTE, price_per_second_cents: 1, packages }
  return { status: 200, json }
}

/** GET /health. Source: docs/vendors/removebgvideo.md §13. */
export async function health(): Promise<Reply> {
  const checks = { api: true, runpod_configured: true, r2_configured: true }
  return { status: 200, json: { status: 'healthy', checks } }
}

/** GET /api/download/{job_id}: everyone who knows the id may fetch. Source: docs/vendors/removebgvideo.md §13. */
export async function download({ jobId }: Call, site: Site): Promise<Reply> {
  const job = site.state.jobs.get(jobId)
  if (job === undefined) throw jobNotFound()
  if (jobPhase(job, site.modes).state !== 'completed') throw invalidRequest('Job not completed')
  const download_url = outputUrl(job, site)
  return { status: 200, json: { success: true, download_url, output_format: job.settings.outputFormat } }
}
