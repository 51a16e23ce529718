import { z } from 'zod'
import { billedMillicredits } from '../../state/billing.ts'
import { jobPhase } from '../../state/job-phase.ts'
import type { Call } from '../operation.ts'
import type { Reply } from '../reply.ts'
import type { Site } from '../site.ts'
import { invalidRequest } from '../vendor-error.ts'

const DAY_MS = 86_400_000
const daysSchema = z.object({ days: z.coerce.number().int().min(1).max(90).default(7) })
const limitSchema = z.object({ limit: z.coerce.number().int().min(1).max(100).default(20) })

/** GET /v1/usage/summary: drafts cost nothing and are not counted. Source: docs/vendors/removebgvideo.md §13. */
export async function usageSummary({ request, fingerprint }: Call, site: Site): Promise<Reply> {
  const query = daysSchema.safeParse(request.query)
  if (!query.success) throw invalidRequest('days must be 1 to 90')
  const { days } = query.data
  const since = Date.now() - days * DAY_MS
  const jobs = [...site.state.jobs.values()].filter(
    (job) => job.keyFingerprint === fingerprint && job.startedAt !== null && job.startedAt >= since,
  )
  const credits = (some: typeof jobs) =>
    some.reduce((sum, job) => sum + billedMillicredits(job, site.modes), 0) / 1000
  const ended = (state: string) => jobs.filter((job) => jobPhase(job, site.modes).state === state).length
  const byDay = Map.groupBy(jobs, (job) => new Date(job.startedAt ?? 0).toISOString().slice(0, 10))
  const daily = [...byDay].map(([date, some]) => ({ date, jobs: some.length, credits_used: credits(some) }))
  return {
    status: 200,
    json: {
      days,
      total_jobs: jobs.length,
      completed_jobs: ended('completed'),
      failed_jobs: ended('failed'),
      credits_used: credits(jobs),
      daily,
    },
  }
}

/** GET /v1/usage/events: the latest calls since the sandbox started, newest first. */
export async function usageEvents({ request, fingerprint }: Call, site: Site): Promise<Reply> {
  const query = limitSchema.safeParse(request.query)
  if (!query.success) throw invalidRequest('limit must be 1 to 100')
  const items = site.requests
    .all()
    .filter((record) => record.keyFingerprint === fingerprint)
    .slice(-query.data.limit)
    .reverse()
    .map(({ requestId, at, method, path, status, jobId }) => ({
      id: requestId,
      created_at: at,
      method,
      path,
      status_code: status,
      job_id: jobId,
    }))
  return { status: 200, json: { items } }
}
