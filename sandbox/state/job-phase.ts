import type { SandboxModes } from '../modes.ts'
import type { VendorJob } from './vendor-job.ts'

/** Where a job stands at a moment. Nothing is stored: time and the rendering decide. */
export type JobPhase =
  | { state: 'draft' }
  | { state: 'processing'; progress: number }
  | { state: 'completed' }
  | { state: 'failed'; error: string | Record<string, unknown> }

export function jobPhase(job: VendorJob, modes: SandboxModes, now = Date.now()): JobPhase {
  if (job.startedAt === null) return { state: 'draft' }
  if (job.fate?.fate === 'never-ends') return { state: 'processing', progress: 42 }
  const elapsedMs = now - job.startedAt
  const rendered = job.renderedAt !== null
  const due = modes.instant || (job.processingMs !== null && elapsedMs >= job.processingMs)
  if (rendered && job.brokenBy !== null) return { state: 'failed', error: job.brokenBy }
  if (rendered && due && job.fate?.fate === 'fails') return { state: 'failed', error: job.fate.error }
  if (rendered && due) return { state: 'completed' }
  return { state: 'processing', progress: progressOf(job, elapsedMs) }
}

/** By the model's usual pace, but never beyond the frames that are done. */
function progressOf({ processingMs, renderedAt, renderedShare }: VendorJob, elapsedMs: number): number {
  if (processingMs === null || processingMs <= 0) return 0
  const done = renderedAt === null ? renderedShare : 1
  return Math.min(99, Math.floor(Math.min(elapsedMs / processingMs, done) * 100))
}
