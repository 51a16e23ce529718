import type { Model, VendorJob } from './vendor-job.ts'

// Invented: the vendor only ranks its models (light and human fastest, pro slowest).
const SECONDS_PER_VIDEO_SECOND: Record<Model, number> = { light: 1, human: 1, original: 2, pro: 4 }
const OVERHEAD_SECONDS = 3

/** Writes down the length that is billed, and the time that the vendor would take for it divided by `speed`. */
export function recordLength(job: VendorJob, inputSeconds: number, speed: number): void {
  const { previewSeconds, model } = job.settings
  job.durationSeconds = Math.min(inputSeconds, previewSeconds ?? Number.POSITIVE_INFINITY)
  const vendorSeconds = SECONDS_PER_VIDEO_SECOND[model] * job.durationSeconds + OVERHEAD_SECONDS
  job.processingMs = (vendorSeconds * 1000) / speed
}
