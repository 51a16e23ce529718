import { CancellationScope, CancelledFailure, ContinueAsNew, isCancellation } from '@temporalio/workflow'
import type { RetrievedOutput } from '../activities/retrieve/retrieve-output.ts'
import { ruleOf } from '../domain/failures.ts'
import type { RemovalDocument, VendorJobLeft } from '../domain/removal-document.ts'
import { blankDocument, joinedDocument } from '../domain/removal-document.ts'
import { RemovalFailure } from '../domain/removal-failure.ts'
import { asThrowable, stepFailureFrom } from './activities.ts'
import type { Ending, RemovalRun } from './removal-run.ts'
import { admittedOf, startOver, variantOf } from './removal-run.ts'
import { step } from './step.ts'

/** Settles a removal whose output is in our storage; its document is the workflow's result. */
export async function succeed(run: RemovalRun, output: RetrievedOutput): Promise<RemovalDocument> {
  const served = { purchase: run.purchase, why: whyServed(run) }
  return settle(run, { state: 'succeeded', served, output, failure: null })
}

/** Settles a removal that ended otherwise, cancelled or not, and throws what the workflow ends with. */
export async function fail(run: RemovalRun, error: unknown): Promise<never> {
  // Activities that fail after the cancel request surface as failures, not as cancellations.
  const isCancelled = isCancellation(error) || CancellationScope.current().consideredCancelled
  const failure = isCancelled
    ? new RemovalFailure('Cancelled', `removal ${run.id} was cancelled${byWhom(run.cancelNote)}`, {
        removalId: run.id,
      })
    : stepFailureFrom(error)?.failure
  // Neither a step's failure nor a cancellation: a new run, or a bug, which Temporal shows and repeats until it is fixed.
  if (error instanceof ContinueAsNew || failure === undefined) throw error
  const state = isCancelled ? 'cancelled' : 'failed'
  const document = await CancellationScope.nonCancellable(() =>
    settle(run, { state, served: null, output: null, failure: endOf(run, failure).toDocument() }),
  )
  if (isCancelled) throw isCancellation(error) ? error : new CancelledFailure(document.failure?.message)
  throw endingWith(document)
}

/** In the words of whoever asked for it, for the document that is kept. */
function byWhom(note: RemovalRun['cancelNote']): string {
  const by = note?.by === undefined ? '' : ` by ${note.by.slice(0, 100)}`
  return note?.note === undefined ? by : `${by}: ${note.note.slice(0, 300)}`
}

/** Records an end that an earlier run has decided. A cancellation cannot be Temporal's own in the new run. */
export async function endAsDecided(run: RemovalRun, ending: Ending): Promise<RemovalDocument> {
  const document = await CancellationScope.nonCancellable(() => settle(run, ending))
  if (document.state === 'succeeded') return document
  throw endingWith(document)
}

/** Ends a run with a document made elsewhere: by an earlier run of the same request, or by a refusal. */
export function endAs(run: RemovalRun, document: RemovalDocument): RemovalDocument {
  run.endElsewhere(document)
  if (document.state === 'succeeded') return document
  throw endingWith(document)
}

/**
 * Ends a run whose request another removal serves. Its result is that removal's document as far as it is known here;
 * a caller that waits for the end follows the id of that removal, which stands in the memo as well.
 */
export function endAsJoined(run: RemovalRun, intoId: string): RemovalDocument {
  run.join(intoId)
  return joinedDocument(intoId)
}

async function settle(run: RemovalRun, ending: Ending): Promise<RemovalDocument> {
  run.decide(ending)
  const recorded = await step(run, run.state, () =>
    run.activities.settleRemoval(
      { ...run.of, temporal: run.temporal, ...ending },
      { summary: `settle as ${ending.state}` },
    ),
  )
  // What was bought and collected is recorded before it is told; the new run finds it done.
  if (recorded === null && ending.state === 'succeeded') return startOver(run, { recordsLost: true })
  const document = recorded ?? unrecorded(run, ending)
  run.end(document)
  return document
}

/** The document of a removal that never came to be recorded. */
function unrecorded(
  { id, start, vendorJobId, temporal }: RemovalRun,
  { state, failure }: Ending,
): RemovalDocument {
  const left: VendorJobLeft = start !== 'none' ? 'unknown' : vendorJobId === null ? 'none' : 'draft'
  const unknown = new RemovalFailure('Unexpected', `${state} without a record in the ledger`)
  return blankDocument({
    id,
    state,
    temporal,
    failure: failure ?? unknown.toDocument(),
    vendorJob: state === 'cancelled' ? left : null,
  })
}

/**
 * What a removal ends with. One of which anything was bought never ends with a kind that says nothing was bought: it
 * ends as its last purchase did, or, where that has no end of its own, as the surprise that it is.
 */
function endOf({ failed, start, id }: RemovalRun, failure: RemovalFailure): RemovalFailure {
  if (ruleOf(failure.kind).exitCode !== NOTHING_BOUGHT) return failure
  const last = failed.at(-1)
  if (last !== undefined) {
    const document = { ...last.failure, message: `${last.failure.message}; then: ${failure.message}` }
    return RemovalFailure.fromDocument(document, null, { removalId: id })
  }
  return start === 'none'
    ? failure
    : new RemovalFailure('Unexpected', `after the start: ${failure.message}`, {
        ...failure.facts,
        removalId: id,
      })
}

/** The exit code of kinds that say so. */
const NOTHING_BOUGHT = 2

function endingWith(document: RemovalDocument) {
  const { failure, id, state } = document
  return asThrowable(
    failure === null
      ? new RemovalFailure('Unexpected', `removal ${id} ${state}`, { document })
      : RemovalFailure.fromDocument(failure, document),
  )
}

/** A substitute is named, with what it stands in for. */
function whyServed(run: RemovalRun): string {
  const { requested } = admittedOf(run)
  const last = run.failed.at(-1)
  if (last !== undefined)
    return `fallback: ${last.variant.model} ${last.variant.outputFormat} ended as ${last.failure.kind}`
  return variantOf(run).model === requested.model
    ? 'requested'
    : `fallback: ${requested.model} was over the budget`
}
