import { Context } from '@temporalio/activity'
import { millicreditsFromCredits } from '../../domain/pricing.ts'
import type { RemovalDocument } from '../../domain/removal-document.ts'

/** Counts an end and what it cost in the worker's metrics. */
export function countEnded({ state, failure, credits, served }: RemovalDocument): void {
  const meter = Context.current().metricMeter
  meter
    .createCounter(
      'matteflow_removals_ended',
      'removals',
      'removals that ended, by state and kind of failure',
    )
    .add(1, { state, kind: failure?.kind ?? 'none' })
  meter
    .createCounter('matteflow_millicredits_charged', 'millicredits', 'what removals that ended were charged')
    .add(millicreditsFromCredits(credits.charged ?? 0), { model: served?.model ?? 'none' })
}
