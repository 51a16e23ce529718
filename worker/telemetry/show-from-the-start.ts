import { GUARDED_OPERATIONS } from '../../activities/breakers.ts'
import type { LabelsOf, Metrics } from '../../domain/metrics.ts'

/**
 * What an alert asks for is there from a worker's first moment: the first of something that was never counted before is
 * no increase to Prometheus, and would go unnoticed.
 */
export function showFromTheStart(metrics: Metrics, build: LabelsOf<'matteflow_build_info'>): void {
  metrics.set('matteflow_build_info', build, 1)
  metrics.set('matteflow_reporting', {}, 0)
  for (const operation of GUARDED_OPERATIONS) metrics.set('matteflow_breaker', { operation }, 0)
  for (const outcome of ['started', 'repeated', 'unknown'])
    metrics.count('matteflow_starts_checked', { outcome }, 0)
  for (const outcome of ['sent', 'failed']) metrics.count('matteflow_notifications', { outcome }, 0)
  metrics.count('matteflow_starts_in_doubt', {}, 0)
  metrics.count('matteflow_orphan_drafts', {}, 0)
  metrics.count('matteflow_unknown_statuses', {}, 0)
}
