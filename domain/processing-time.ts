import type { Model } from './request-values.ts'

/**
 * Seconds of processing for each second of video, as a first guess. The vendor publishes only an order
 * (docs/vendors/removebgvideo.md §8: light and human fastest, pro slowest); the figures are ours, and reported progress
 * replaces them as soon as there is some.
 */
const SECONDS_PER_SECOND: Record<Model, number> = { light: 1, human: 1, original: 2, pro: 4 }

/** Queueing and start-up, before the first frame. */
const OVERHEAD_MS = 3_000

/** How long a vendor job usually takes, milliseconds. Unknown durations count as one minute. */
export function usualProcessingMs(model: Model, durationSeconds: number | null): number {
  return OVERHEAD_MS + (durationSeconds ?? 60) * 1_000 * SECONDS_PER_SECOND[model]
}

/** Slack for queues and outages of the vendor that end by themselves, whatever the video's length. */
const DEADLINE_BASE_MS = 30 * 60_000
/** How much longer than usual a job may take before someone should look. */
const DEADLINE_FACTOR = 20

/** The deadline of a removal that names none: proportional to duration and model. Source: docs/vendors/removebgvideo.md §19.29. */
export function usualDeadlineMs(model: Model, durationSeconds: number | null): number {
  return DEADLINE_BASE_MS + DEADLINE_FACTOR * usualProcessingMs(model, durationSeconds)
}
