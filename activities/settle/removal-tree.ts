import type { ParkRow, VendorJobRecord } from '../../adapters/ledger/rows.ts'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import type { RecordedSpan } from '../../domain/tracing.ts'

/** A removal that has ended as one tree of spans, from the times that the ledger recorded. */
export function removalTree(
  document: RemovalDocument,
  jobs: readonly VendorJobRecord[],
  parks: readonly ParkRow[],
): RecordedSpan {
  const { id, project, state, failure, credits } = document
  const endMs = Date.parse(document.finishedAt ?? '')
  const startMs = Date.parse(document.createdAt ?? document.finishedAt ?? '')
  return {
    name: 'removal',
    ...{ startMs, endMs },
    facts: { removal_id: id, project, state, kind: failure?.kind ?? null, credits: credits.charged },
    failure: state === 'failed' ? (failure?.message ?? state) : null,
    parts: [...jobs.map((job) => purchaseSpan(job, endMs)), ...parks.map((park) => parkSpan(park, endMs))],
  }
}

function purchaseSpan(job: VendorJobRecord, removalEndMs: number): RecordedSpan {
  const { purchase, vendorJobId, model, outputFormat, finalStatus, startedAt, error } = job
  const endMs = job.finishedAt?.getTime() ?? removalEndMs
  const facts = {
    purchase,
    vendor_job_id: vendorJobId,
    model,
    output_format: outputFormat,
    status: finalStatus,
  }
  const rendering =
    startedAt === null
      ? []
      : [{ name: 'vendor job', startMs: startedAt.getTime(), endMs, facts, failure: error, parts: [] }]
  return {
    name: 'purchase',
    startMs: job.createdAt.getTime(),
    endMs,
    facts,
    failure: error,
    parts: rendering,
  }
}

/** A park that its removal's end came before, or that nobody could record the end of, ended with the removal. */
function parkSpan(park: ParkRow, removalEndMs: number): RecordedSpan {
  return {
    name: `parked for ${park.kind}`,
    startMs: park.parkedAt.getTime(),
    endMs: park.endedAt?.getTime() ?? removalEndMs,
    facts: {
      kind: park.kind,
      purchase: park.purchase,
      ended_by: park.endedBy,
      by: park.resumedBy,
      note: park.note,
    },
    failure: null,
    parts: [],
  }
}
