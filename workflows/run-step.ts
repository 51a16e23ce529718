import { CancellationScope, isCancellation } from '@temporalio/workflow'
import { ruleOf } from '../domain/failures.ts'
import type { FailureDocument, RemovalState } from '../domain/removal-document.ts'
import { unknownOutcome } from '../domain/unknown-outcome.ts'
import type { StepFailure } from './failure-kind.ts'
import { asThrowable, failureDocument, stepFailureFrom } from './failure-kind.ts'
import type { Unparked } from './park.ts'
import { park, parks } from './park.ts'
import type { Removal } from './removal.ts'
import { startOver } from './renew-history.ts'

/**
 * Runs one step of a removal until it is done. A failure that a person or time can mend parks the removal, and
 * the step is run again afterwards; it learns what ended the park. Every other failure ends the removal. `state` is
 * shown while it runs, also after a park; null for a step that shows its own.
 */
export async function runStep<Result>(
  removal: Removal,
  state: RemovalState | null,
  step: (after: Unparked | null) => Promise<Result>,
): Promise<Result> {
  let after: Unparked | null = null
  for (;;) {
    if (state !== null && removal.state !== state) removal.enter(state)
    try {
      return await step(after)
    } catch (error) {
      const failure =
        isCancellation(error) || CancellationScope.current().consideredCancelled
          ? undefined
          : stepFailureFrom(error)
      if (failure === undefined) throw error
      if (failure.recordsLost) return startOver(removal)
      const document = meaningOf(failure, removal)
      if (!parks(document, removal)) throw asThrowable(document)
      after = await park(removal, document)
    }
  }
}

/** A step's failure as the removal's: the deadline and an unclear start weigh more than what failed last. */
function meaningOf({ document, outOfTime, startUnclear }: StepFailure, removal: Removal): FailureDocument {
  if (startUnclear || removal.start === 'unclear') {
    removal.start = 'unclear'
    return leavesStartOpen(document) ? openStart(document, removal) : document
  }
  const isLate = document.kind === 'DeadlineExceeded' || Date.now() >= removal.deadlineAtMs
  if (!outOfTime || !isLate || removal.state === 'retrieving') return document
  const { vendorJobId, state } = removal
  return failureDocument(
    'DeadlineExceeded',
    `the deadline passed while ${state}; last: ${document.message}`,
    {
      vendorJobId,
      requestId: document.requestId,
    },
  )
}

/** Our own outages pass, and the start then looks by itself; refusals of a look say what a person must mend first. */
function leavesStartOpen({ kind }: FailureDocument): boolean {
  return kind === 'DeadlineExceeded' || (ruleOf(kind).wakes === 'time' && kind !== 'PlatformUnavailable')
}

/** Looking itself went wrong until the budget was spent. */
function openStart(last: FailureDocument, { id, vendorJobId }: Removal): FailureDocument {
  return unknownOutcome({
    removalId: id,
    vendorJobId: vendorJobId ?? '',
    keyAlias: null,
    requestId: last.requestId,
    tried: 'a start was sent',
    known: `looking at the job failed: ${last.message}`,
  }).toDocument()
}
