import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  ContinueAsNew,
  isCancellation,
  upsertMemo,
} from '@temporalio/workflow'
import type { RetrievedOutput } from '../activities/retrieve/retrieve-output.ts'
import type { SettleRemovalInput } from '../activities/settle/settle-removal.ts'
import { blankDocument } from '../domain/blank-document.ts'
import type { RemovalDocument, VendorJobLeft } from '../domain/removal-document.ts'
import { failureDocument, stepFailureFrom } from './failure-kind.ts'
import { logState } from './log-state.ts'
import { FINAL_DOCUMENT_MEMO, searchAttributes } from './messages.ts'
import { perform } from './perform.ts'
import type { Removal } from './removal.ts'
import { admittedOf, orderOf } from './removal.ts'
import { startOver } from './renew-history.ts'
import { runStep } from './run-step.ts'

/** Settles a removal whose output is in our storage; its document is the workflow's result. */
export async function succeed(removal: Removal, output: RetrievedOutput): Promise<RemovalDocument> {
  const served = { purchase: removal.purchase, why: whyServed(removal) }
  return settle(removal, { state: 'succeeded', served, output, failure: null })
}

/** Settles a removal that ended otherwise, cancelled or not, and throws what the workflow ends with. */
export async function fail(removal: Removal, error: unknown): Promise<never> {
  // Activities that fail after the cancel request surface as failures, not as cancellations.
  const isCancelled = isCancellation(error) || CancellationScope.current().consideredCancelled
  const failure = isCancelled
    ? failureDocument('Cancelled', `removal ${removal.id} was cancelled`)
    : stepFailureFrom(error)?.document
  // Neither a step's failure nor a cancellation: a new run, or a bug, which Temporal shows and repeats until it is fixed.
  if (error instanceof ContinueAsNew || failure === undefined) throw error
  const state = isCancelled ? 'cancelled' : 'failed'
  const document = await CancellationScope.nonCancellable(() =>
    settle(removal, { state, served: null, output: null, failure }),
  )
  if (isCancelled) throw isCancellation(error) ? error : new CancelledFailure(document.failure?.message)
  throw endingWith(document)
}

/** Ends a run with a document made elsewhere: by an earlier run of the same request, or by a refusal. */
export function endAs(removal: Removal, document: RemovalDocument): RemovalDocument {
  logState(removal, document)
  if (document.state === 'succeeded') return document
  throw endingWith(document)
}

type Ending = Pick<SettleRemovalInput, 'state' | 'served' | 'output'> & {
  failure: RemovalDocument['failure']
}

async function settle(removal: Removal, ending: Ending): Promise<RemovalDocument> {
  const temporal = removal.temporal()
  // An end is recorded however late: the books would else hold its credits, and its record, open for ever.
  removal.deadlineAtMs = Number.POSITIVE_INFINITY
  const recorded = await runStep(removal, removal.state, () =>
    perform(removal, 'settleRemoval', { temporal, ...ending }, { summary: `settle as ${ending.state}` }),
  )
  // What was bought and collected is recorded before it is told; the new run finds it done.
  if (recorded === null && ending.state === 'succeeded') return startOver(removal)
  const document =
    recorded ?? blankDocument({ ...refusal(ending, removal), id: removal.id, state: ending.state, temporal })
  // The cancel command carries no details, so the document is left where `status` finds it.
  if (ending.state === 'cancelled') upsertMemo({ [FINAL_DOCUMENT_MEMO]: document })
  removal.enter(
    ending.state,
    [
      { key: searchAttributes.failure, value: document.failure?.kind ?? null },
      { key: searchAttributes.creditsCharged, value: document.credits.charged ?? 0 },
    ],
    document,
  )
  return document
}

function refusal({ failure, state }: Ending, { start, vendorJobId }: Removal) {
  const left = start !== 'none' ? 'unknown' : vendorJobId === null ? 'none' : 'draft'
  return {
    failure: failure ?? failureDocument('Unexpected', `${state} without a record in the books`),
    vendorJob: state === 'cancelled' ? (left as VendorJobLeft) : null,
  }
}

function endingWith(document: RemovalDocument): ApplicationFailure {
  const { failure, id, state } = document
  return ApplicationFailure.create({
    message: failure?.message ?? `removal ${id} ${state}`,
    type: failure?.kind ?? 'Unexpected',
    nonRetryable: true,
    details: [document],
  })
}

/** A substitute is named, with what it stands in for. */
function whyServed(removal: Removal): string {
  const { requested } = admittedOf(removal)
  const last = removal.failedOrders.at(-1)
  if (last !== undefined)
    return `fallback: ${last.order.model} ${last.order.outputFormat} ended as ${last.failure.kind}`
  return orderOf(removal).model === requested.model
    ? 'requested'
    : `fallback: ${requested.model} was over the budget`
}
