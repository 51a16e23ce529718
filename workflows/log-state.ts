import { log } from '@temporalio/workflow'
import type { RemovalDocument } from '../domain/removal-document.ts'
import type { Removal } from './removal.ts'

/** What is known of an end, for the line that tells it. */
type End = Pick<RemovalDocument, 'state' | 'failure' | 'credits' | 'vendorJobs'>

/** Logs one line for each change of state; that of an end says how the removal ended. */
export function logState(removal: Removal, end?: End): void {
  const { id, labels, vendorJobId } = removal
  const state = end?.state ?? removal.state
  const failure = end?.failure ?? removal.parkedFor
  log[state === 'failed' ? 'warn' : 'info'](`removal ${state}`, {
    removalId: id,
    ...labels,
    state,
    vendorJobId: failure?.vendorJobId ?? vendorJobId,
    ...(failure && { kind: failure.kind, requestId: failure.requestId, reason: failure.message }),
    ...(end && { charged: end.credits.charged, vendorJobs: end.vendorJobs?.map((job) => job.id) ?? [] }),
  })
}
