import type { SandboxModes } from '../modes.ts'
import type { VendorJob } from './vendor-job.ts'

/** Where a job stands at a moment. Nothing is stored: time and the rendering decide. */
export type JobStage =
  | { state: 'draft' }
  | { state: 'processing'; progress: number }
  | { state: 'completed' }
  | { state: 'failed'; error: string | Record<string, unknown> }

export function jobStage(job: VendorJob, modes: SandboxModes, now = Date.now()): JobStage {
  if (job.startedAt === null) return { state: 'draft' }
  if (job.fate?.fate === 'never-ends') return { state: 'processing', progress: 42 }
  const elapsedMs = now - job.startedAt
  const rendered = job.renderedAt !== null
  const due = modes.instant || (job.processingMs !== null && elapsedMs >= job.processingMs)
  if (rendered && job.brokenBy !== null) return { state: 'failed', error: job.brokenBy }
  if (rendered && due && job.fate?.fate === 'fails') return { state: 'failed', error: job.fate.error }
  if (rendered && due) return { state: 'completed' }
  return { state: 'processing', progress: progressOf(elapsedMs, job.processingMs) }
}

function progressOf(elapsedMs: number, processingMs: number | null): number {
  if (processingMs === null || processingMs <= 0) return 0
  return Math.min(99, Math.floor((elapsedMs / processingMs) * 100))
}
