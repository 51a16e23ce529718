import type { RemovalRecord } from '../../adapters/ledger/removal-records.ts'
import type { VendorJobRecord } from '../../adapters/ledger/vendor-job-records.ts'
import { removePartialFile } from '../../adapters/transfer/partial-file.ts'
import { creditsFromMillicredits } from '../../domain/pricing.ts'
import type {
  FailureDocument,
  RemovalDocument,
  VendorJobDocument,
  VendorJobLeft,
} from '../../domain/removal-document.ts'
import type { RemovalRequest } from '../../domain/removal-request.schema.ts'
import type { Model, OutputFormat } from '../../domain/request-values.ts'
import { shownBackground } from '../../domain/request-values.ts'
import { activity } from '../activity.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import type { RemovalInput } from '../labels.ts'
import { partFileOf } from '../retrieve/part-file.ts'
import type { RetrievedOutput } from '../retrieve/retrieve-output.ts'
import { countEnded } from './count-ended.ts'
import { hasSpent, postCredits } from './post-credits.ts'

export interface SettleRemovalInput extends RemovalInput {
  state: 'succeeded' | 'failed' | 'cancelled'
  served: { purchase: number; why: string } | null
  output: RetrievedOutput | null
  failure: FailureDocument | null
  temporal: RemovalDocument['temporal']
}

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
      finalDocument(input, record, jobs, closedAt),
      closedAt,
    )
    await deps.storage.removeAll(`inputs/${input.removalId}`)
    // A removal that ends between two attempts of its retrieval leaves what the next one would have gone on from.
    await Promise.all(jobs.map((job) => removePartialFile(partFileOf(job, deps))))
    // A record that an earlier attempt closed has been counted.
    if (document.finishedAt === closedAt.toISOString()) countEnded(document)
    return document
  })
}

function finalDocument(
  input: SettleRemovalInput,
  record: RemovalRecord,
  jobs: VendorJobRecord[],
  closedAt: Date,
): RemovalDocument {
  const served =
    input.served === null ? undefined : jobs.find((job) => job.purchase === input.served?.purchase)
  const charged = jobs
    .filter(hasSpent)
    .reduce((sum, job) => sum + (job.chargedMillicredits ?? job.estimatedMillicredits ?? 0), 0)
  return {
    id: record.id,
    state: input.state,
    project: record.project,
    user: record.user,
    reference: record.reference,
    input: {
      source: record.source,
      bytes: record.inputBytes,
      durationSeconds: record.inputDurationSeconds,
      sha256: record.inputSha256,
    },
    requested: {
      model: record.model as Model,
      outputFormat: record.outputFormat as OutputFormat,
      background: shownBackground((record.request as RemovalRequest).background),
    },
    served:
      served === undefined
        ? null
        : {
            model: served.model as Model,
            outputFormat: served.outputFormat as OutputFormat,
            why: input.served?.why ?? 'requested',
          },
    vendorJobs: jobs.map(vendorJobDocument),
    output: input.output,
    credits: {
      estimated:
        record.estimatedMillicredits === null ? null : creditsFromMillicredits(record.estimatedMillicredits),
      charged: creditsFromMillicredits(charged),
      unit: 'credit',
    },
    failure: input.failure,
    parkedSince: null,
    progress: input.state === 'succeeded' ? 100 : null,
    vendorJob: input.state === 'cancelled' ? jobLeft(jobs) : null,
    createdAt: record.createdAt.toISOString(),
    finishedAt: closedAt.toISOString(),
    temporal: input.temporal,
  }
}

function vendorJobDocument(job: VendorJobRecord): VendorJobDocument {
  const charged = hasSpent(job) ? (job.chargedMillicredits ?? job.estimatedMillicredits) : 0
  return {
    id: job.vendorJobId,
    model: job.model as Model,
    outputFormat: job.outputFormat as OutputFormat,
    state: job.finalStatus ?? (job.startedAt === null ? job.draftStatus : 'processing'),
    keyAlias: job.keyAlias,
    requestIds: job.requestIds,
    credits: {
      estimated:
        job.estimatedMillicredits === null ? null : creditsFromMillicredits(job.estimatedMillicredits),
      charged: charged === null ? null : creditsFromMillicredits(charged),
    },
  }
}

function jobLeft(jobs: VendorJobRecord[]): VendorJobLeft {
  const last = jobs.at(-1)
  if (last === undefined) return 'none'
  if (last.finalStatus !== null) return 'none'
  if (last.startedAt !== null) return 'running'
  return last.startIntendedAt === null ? 'draft' : 'unknown'
}
