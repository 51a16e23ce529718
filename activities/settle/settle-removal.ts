import type { RemovalEnd } from '../../adapters/ledger/document-from-record.ts'
import { documentFromRecord } from '../../adapters/ledger/document-from-record.ts'
import { removePartialFile } from '../../adapters/transfer/partial-file.ts'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { activity } from '../activity.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import type { RemovalInput } from '../labels.ts'
import { partFileOf } from '../retrieve/part-file.ts'
import { countEnded } from './count-ended.ts'
import { postCredits } from './post-credits.ts'

export interface SettleRemovalInput extends RemovalInput, Omit<RemovalEnd, 'finishedAt'> {}

/**
 * Closes the record with the final document, which is the workflow's result, and removes the staged input and the
 * bytes of unfinished retrievals. A record that is closed keeps its document, which is then the answer. Null where
 * nothing was ever recorded.
 */
export function settleRemoval(deps: ActivityDependencies) {
  return activity(async (input: SettleRemovalInput): Promise<RemovalDocument | null> => {
    const record = await deps.ledger.removals.find(input.removalId)
    if (record === undefined) return null
    const jobs = await deps.ledger.vendorJobs.all(input.removalId)
    const closedAt = new Date(await deps.now())
    await postCredits(record, jobs, closedAt, deps)
    const document = await deps.ledger.removals.close(
      input.removalId,
      documentFromRecord(record, jobs, { ...input, finishedAt: closedAt }),
      closedAt,
    )
    await deps.storage.removeAll(`inputs/${input.removalId}`)
    // A removal that ends between two attempts of its retrieval leaves what the next one would have gone on from.
    await Promise.all(jobs.map((job) => removePartialFile(partFileOf(job, deps))))
    // A record that an earlier attempt closed has been counted.
    if (document.finishedAt === closedAt.toISOString()) countEnded(document)
    return document
  }, deps)
}
