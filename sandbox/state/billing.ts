import type { SandboxModes } from '../modes.ts'
import { jobPhase } from './job-phase.ts'
import type { Model, VendorJob } from './vendor-job.ts'

/** Source: docs/vendors/removebgvideo.md §8. */
export const CREDITS_PER_MINUTE: Record<Model, number> = { original: 60, light: 45, pro: 180, human: 45 }

/** Price of one purchase, rounded up to a thousandth of a credit. */
export function priceMillicredits(model: Model, durationSeconds: number): number {
  // In whole milliseconds: 45 credits a minute over 0.1 s must not become 76 by a binary fraction.
  const durationMs = Math.round(durationSeconds * 1000)
  return Math.ceil((durationMs * CREDITS_PER_MINUTE[model]) / 60)
}

/** What the key's owner pays for the job as things stand. */
export function billedMillicredits(job: VendorJob, modes: SandboxModes): number {
  if (job.durationSeconds === null || isRefunded(job, modes)) return 0
  return job.purchases * priceMillicredits(job.settings.model, job.durationSeconds)
}

export function billingStatus(job: VendorJob, modes: SandboxModes): 'charged' | 'refunded' | null {
  if (job.purchases === 0 || job.durationSeconds === null) return null
  return isRefunded(job, modes) ? 'refunded' : 'charged'
}

function isRefunded(job: VendorJob, modes: SandboxModes): boolean {
  return !modes.billFailed && jobPhase(job, modes).state === 'failed'
}
