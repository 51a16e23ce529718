import { Context } from '@temporalio/activity'
import type { ActivityDependencies } from '../dependencies.ts'
import type { KnownJob } from '../find-record.ts'

interface JobEnd {
  /** Whether this check follows a callback. */
  isCalledBack: boolean
  known: Pick<KnownJob, 'model' | 'startedAtMs'>
  state: 'completed' | 'failed'
  now: number
  /** When a poll first saw it being processed; undefined where none did. */
  processingSince: number | undefined
}

/** Counts the end of a vendor job: how long it took, by what was seen of it, and what saw the end first. */
export function countJobEnd(
  { isCalledBack, known, state, now, processingSince }: JobEnd,
  { metrics }: Pick<ActivityDependencies, 'metrics'>,
): void {
  const { model, startedAtMs } = known
  // Only the first attempt comes right after the callback; later ones are planned polls again.
  const isHint = isCalledBack && Context.current().info.attempt === 1
  metrics.count('matteflow_vendor_job_ends', { seen_by: isHint ? 'callback' : 'poll' })
  if (startedAtMs === null) return
  metrics.observe('matteflow_vendor_job_duration', { model, state }, (now - startedAtMs) / 1_000)
  if (processingSince === undefined) return
  metrics.observe('matteflow_vendor_queue_duration', { model }, (processingSince - startedAtMs) / 1_000)
  metrics.observe('matteflow_vendor_processing_duration', { model }, (now - processingSince) / 1_000)
}
