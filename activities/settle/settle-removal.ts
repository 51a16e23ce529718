import type { RemovalEnd } from '../../adapters/ledger/document-from-record.ts'
import type { SettledRecord } from '../../adapters/ledger/settle-record.ts'
import { hasSpent } from '../../adapters/ledger/vendor-job-records.ts'
import { removePartialFile } from '../../adapters/transfer/partial-file.ts'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { endEvent } from '../../domain/webhooks/webhook-event.ts'
import { activity } from '../activity.ts'
import { cleanUp } from '../clean-up.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import type { RemovalInput } from '../labels.ts'
import { partFileOf } from '../retrieve/part-file.ts'
import { announce } from '../webhooks/announce.ts'
import { removalTree } from './removal-tree.ts'

export interface SettleRemovalInput extends RemovalInput, Omit<RemovalEnd, 'finishedAt'> {}

/**
 * Closes the record with the final document, which is the workflow's result. A record that is closed keeps its
 * document, which is then the answer. Null where nothing was ever recorded. What is left to clean up, the staged input
 * and the bytes of unfinished retrievals, never holds up an end: it is tried, reported, and swept later.
 */
export function settleRemoval(deps: ActivityDependencies) {
  return activity(
    async ({ removalId, traceparent, ...end }: SettleRemovalInput): Promise<RemovalDocument | null> => {
      const finishedAt = new Date(await deps.now())
      const settled = await deps.ledger.removals.settle(removalId, { ...end, finishedAt })
      if (settled === undefined) return null
      const { document, jobs, isNew, isInputShared } = settled
      // A record that an earlier attempt closed has been counted.
      if (isNew) {
        countEnded({ document, jobs }, deps)
        await traceEnded({ document, jobs }, traceparent ?? null, deps)
      }
      await announce(endEvent(document), deps)
      // What an unfinished removal reads stays until that has ended, and is swept then.
      if (!isInputShared)
        await cleanUp('the staged input', () => deps.storage.removeAll(`inputs/${removalId}`))
      // A removal that ends between two attempts of its retrieval leaves what the next one would have gone on from.
      for (const job of jobs)
        await cleanUp('an unfinished retrieval', () => removePartialFile(partFileOf(job, deps)))
      return document
    },
    deps,
  )
}

/** Emits the whole removal as one tree of spans. What cannot be looked up for it is left out. */
async function traceEnded(
  { document, jobs }: Pick<SettledRecord, 'document' | 'jobs'>,
  traceparent: string | null,
  { ledger, tracing }: Pick<ActivityDependencies, 'ledger' | 'tracing'>,
): Promise<void> {
  if (!tracing.isOn) return
  const parks = await ledger.parks.all(document.id).catch(() => [])
  tracing.emit(removalTree(document, jobs, parks), traceparent)
}

/** Counts an end in the worker's metrics, and how many vendor jobs were started for it. */
function countEnded(
  { document, jobs }: Pick<SettledRecord, 'document' | 'jobs'>,
  { metrics }: Pick<ActivityDependencies, 'metrics'>,
): void {
  const { state, failure, project } = document
  metrics.count('matteflow_removals_ended', { state, kind: failure?.kind ?? 'none', project })
  metrics.observe('matteflow_removal', { state }, jobs.filter(hasSpent).length)
}
