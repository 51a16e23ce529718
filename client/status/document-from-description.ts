import type { RemovalDocument, VendorJobDocument } from '../../domain/removal-document.ts'
import { isFinal } from '../../domain/removal-document.ts'
import { shownIdOf } from '../../domain/removal-id.ts'
import type { RemovalMemo } from '../../domain/removal-memo.ts'
import { FINAL_DOCUMENT_MEMO, searchAttributes } from '../../workflows/messages.ts'
import type { DescribedRemoval } from './described-state.ts'
import { describedFailure, describedState, parkedMemo } from './described-state.ts'
import type { PendingWork } from './pending-work.ts'

/**
 * The document of a removal as far as Temporal's description goes: search attributes, memo and the pending of
 * its wait; the rest is null. A cancelled removal left its whole document in the memo. The documents of other
 * ends are the workflow's result, which no description has.
 */
export function documentFromDescription(
  described: DescribedRemoval,
  namespace: string,
  pending: PendingWork | null = null,
): RemovalDocument {
  // A workflow that another service started as a child has no memo of ours before its admission.
  const memo: Partial<RemovalMemo> = described.memo ?? {}
  const attributes = described.typedSearchAttributes
  const state = describedState(described)
  const left = described.memo?.[FINAL_DOCUMENT_MEMO] as RemovalDocument | undefined
  if (state === 'cancelled' && left !== undefined) return left
  const requested = (memo.requested ?? null) as RemovalDocument['requested']
  const vendorJobs = describedVendorJobs(described, requested, pending)
  const { source, input = { bytes: null, sha256: null } } = memo
  return {
    id: shownIdOf(described.workflowId),
    state,
    project: attributes.get(searchAttributes.project) ?? memo.project ?? 'default',
    user: memo.user ?? null,
    reference: memo.reference ?? null,
    input:
      source === undefined
        ? null
        : { source, bytes: input.bytes, durationSeconds: null, sha256: input.sha256 },
    requested,
    served: null,
    vendorJobs,
    output: null,
    refusedOutput: null,
    credits: {
      estimated: null,
      charged: attributes.get(searchAttributes.creditsCharged) ?? null,
      unit: 'credit',
    },
    failure: describedFailure(described, state),
    outage: state === 'parked' || isFinal(state) ? null : (pending?.outage ?? null),
    parkedSince: state === 'parked' ? (parkedMemo(described)?.since ?? null) : null,
    progress: pending?.progress ?? null,
    transfer: pending?.transfer ?? null,
    vendorJob: state === 'cancelled' ? (vendorJobs === null ? 'none' : 'unknown') : null,
    createdAt: described.startTime.toISOString(),
    finishedAt: described.closeTime?.toISOString() ?? null,
    deletedAt: null,
    temporal: { workflowId: described.workflowId, runId: described.runId, namespace },
  }
}

function describedVendorJobs(
  { typedSearchAttributes: attributes }: DescribedRemoval,
  requested: RemovalDocument['requested'],
  pending: PendingWork | null,
): VendorJobDocument[] | null {
  const ids = attributes.get(searchAttributes.vendorJobId) ?? []
  if (ids.length === 0 || requested === null) return null
  return ids.map((id, index) => ({
    id,
    model: requested.model,
    outputFormat: requested.outputFormat,
    state: index === ids.length - 1 ? (pending?.vendorState ?? null) : null,
    // Which key made it stands in the ledger only.
    keyAlias: null,
    requestIds: [],
    credits: { estimated: null, charged: null },
  }))
}
