import type { RemovalDocument, VendorJobDocument } from '../../domain/removal-document.ts'
import { isFinal } from '../../domain/removal-document.ts'
import { recordedIdOf, shownIdOf } from '../../domain/removal-id.ts'
import type { RemovalMemo } from '../../domain/removal-memo.ts'
import { MODELS, OUTPUT_FORMATS } from '../../domain/request-values.ts'
import type { PurchaseMemo } from '../../workflows/messages.ts'
import { FINAL_DOCUMENT_MEMO, PURCHASES_MEMO, searchAttributes } from '../../workflows/messages.ts'
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
    id: shownIdOf(described.workflowId, recordedIdOf(described)),
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

type Variant = Pick<PurchaseMemo, 'model' | 'outputFormat'>

function describedVendorJobs(
  described: DescribedRemoval,
  requested: RemovalDocument['requested'],
  pending: PendingWork | null,
): VendorJobDocument[] | null {
  const ids = described.typedSearchAttributes.get(searchAttributes.vendorJobId) ?? []
  if (ids.length === 0 || requested === null) return null
  const variants = purchasedVariants(described, requested, ids)
  return ids.flatMap((id, index) => {
    const variant = variants[index]
    if (variant === undefined) return []
    return {
      id,
      model: variant.model,
      outputFormat: variant.outputFormat,
      state: index === ids.length - 1 ? (pending?.vendorState ?? null) : null,
      // Which key made it, by which calls and at what estimate stands in the ledger only.
      keyAlias: null,
      requestIds: [],
      credits: { estimated: null, charged: null },
    }
  })
}

/**
 * What each job was made for. A workflow that has bought anything but what was requested says so in its memo. One of an
 * earlier build has not: its attributes then say what the last job was made for, and of those in between nobody knows.
 */
function purchasedVariants(
  { memo, typedSearchAttributes: attributes }: DescribedRemoval,
  requested: Variant,
  ids: readonly string[],
): (Variant | undefined)[] {
  const shown = memo?.[PURCHASES_MEMO]
  const purchases = Array.isArray(shown) ? (shown as PurchaseMemo[]) : []
  const model = MODELS.find((known) => known === attributes.get(searchAttributes.model))
  const outputFormat = OUTPUT_FORMATS.find((known) => known === attributes.get(searchAttributes.format))
  const last = model && outputFormat && { model, outputFormat }
  const isOnlyRequested = last?.model === requested.model && last.outputFormat === requested.outputFormat
  return ids.map((id, index) => {
    const purchase = purchases.find(({ vendorJobId }) => vendorJobId === id)
    if (purchase !== undefined) return purchase
    if (index === 0 || isOnlyRequested) return requested
    return index === ids.length - 1 ? last : undefined
  })
}
