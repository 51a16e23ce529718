import { chargeOf } from '../../domain/charge.ts'
import { creditsFromMillicredits } from '../../domain/pricing.ts'
import type {
  FailureDocument,
  OutputWarning,
  RemovalDocument,
  RemovalState,
  VendorJobDocument,
  VendorJobLeft,
} from '../../domain/removal-document.ts'
import type { Background, Model, OutputFormat } from '../../domain/request-values.ts'
import { shownBackground } from '../../domain/request-values.ts'
import type { RemovalRecord, VendorJobRecord } from './rows.ts'
import { endedJobOf, hasSpent } from './vendor-job-records.ts'

/** A retrieved output; those of earlier releases knew no doubts. */
type RetrievedFile = Omit<NonNullable<RemovalDocument['output']>, 'warnings'> & { warnings?: OutputWarning[] }

/** How a removal ends, as far as only its workflow knows. */
export interface RemovalEnd {
  state: 'succeeded' | 'failed' | 'cancelled'
  /** The purchase that served, and why it was that one. */
  served: { purchase: number; why: string } | null
  output: RetrievedFile | null
  failure: FailureDocument | null
  temporal: RemovalDocument['temporal']
  finishedAt: Date
}

/** The document of a removal as the ledger knows it: with an end the final one, without one as far as it has come. */
export function documentFromRecord(
  record: RemovalRecord,
  jobs: VendorJobRecord[],
  end: RemovalEnd | null,
): RemovalDocument {
  const served = jobs.find(({ purchase }) => purchase === end?.served?.purchase)
  return {
    id: record.id,
    state: end?.state ?? stateSoFar(record, jobs),
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
      background: shownBackground(record.background as Background),
    },
    served:
      served === undefined
        ? null
        : {
            model: served.model as Model,
            outputFormat: served.outputFormat as OutputFormat,
            why: end?.served?.why ?? 'requested',
          },
    vendorJobs: jobs.map(vendorJobDocument),
    output: end?.output ? { ...end.output, warnings: end.output.warnings ?? [] } : null,
    refusedOutput: jobs.findLast((job) => job.refusedOutput !== null)?.refusedOutput ?? null,
    credits: {
      estimated: creditsOrNull(estimatedInAll(record, jobs)),
      charged: end === null ? null : creditsOrNull(chargedInAll(jobs)),
      unit: 'credit',
    },
    failure: end?.failure ?? null,
    outage: null,
    parkedSince: null,
    progress: end?.state === 'succeeded' ? 100 : null,
    transfer: null,
    vendorJob: end?.state === 'cancelled' ? jobLeft(jobs) : null,
    createdAt: record.createdAt.toISOString(),
    finishedAt: end?.finishedAt.toISOString() ?? null,
    deletedAt: record.deletedAt?.toISOString() ?? null,
    temporal: end?.temporal ?? null,
  }
}

/** The final document of a closed record, which says when its files were deleted; null while it is open. */
export function finalDocumentOf({
  document,
  deletedAt,
}: Pick<RemovalRecord, 'document' | 'deletedAt'>): RemovalDocument | null {
  if (document === null || deletedAt === null) return document
  return { ...document, deletedAt: deletedAt.toISOString() }
}

/** What a purchase was charged, millicredits; null while its job runs, or may: its credits are held until it ends. */
function chargedFor(job: VendorJobRecord): number | null {
  if (!hasSpent(job)) return 0
  const ended = endedJobOf(job)
  return ended === null ? null : chargeOf(ended).amountMillicredits
}

function chargedInAll(jobs: VendorJobRecord[]): number | null {
  const charges = jobs.map(chargedFor)
  return charges.some((charge) => charge === null)
    ? null
    : charges.reduce<number>((sum, charge) => sum + (charge ?? 0), 0)
}

/** What every purchase that was started, or may have been, was held for; before the first start, what is held for that. */
function estimatedInAll({ estimatedMillicredits }: RemovalRecord, jobs: VendorJobRecord[]): number | null {
  const estimates = jobs.filter(hasSpent).map((job) => job.estimatedMillicredits)
  if (estimates.length === 0) return estimatedMillicredits
  return estimates.some((estimate) => estimate === null)
    ? null
    : estimates.reduce<number>((sum, estimate) => sum + (estimate ?? 0), 0)
}

function stateSoFar({ videoUrl }: RemovalRecord, jobs: VendorJobRecord[]): RemovalState {
  const last = jobs.at(-1)
  if (last === undefined) return videoUrl === null ? 'accepted' : 'drafting'
  if (!hasSpent(last)) return 'starting'
  return last.finalStatus === null ? 'processing' : 'retrieving'
}

function vendorJobDocument(job: VendorJobRecord): VendorJobDocument {
  return {
    id: job.vendorJobId,
    model: job.model as Model,
    outputFormat: job.outputFormat as OutputFormat,
    state: job.finalStatus ?? (job.startedAt === null ? job.draftStatus : 'processing'),
    keyAlias: job.keyAlias,
    requestIds: job.requestIds,
    credits: {
      estimated: creditsOrNull(job.estimatedMillicredits),
      charged: creditsOrNull(chargedFor(job)),
    },
  }
}

function jobLeft(jobs: VendorJobRecord[]): VendorJobLeft {
  const last = jobs.at(-1)
  if (last === undefined || last.finalStatus !== null) return 'none'
  if (last.startedAt !== null) return 'running'
  return last.startIntendedAt === null ? 'draft' : 'unknown'
}

function creditsOrNull(amountMillicredits: number | null): number | null {
  return amountMillicredits === null ? null : creditsFromMillicredits(amountMillicredits)
}
