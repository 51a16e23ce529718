import { CancellationScope, isCancellation, patched } from '@temporalio/workflow'
import { ruleOf } from '../domain/failures.ts'
import type { RemovalState } from '../domain/removal-document.ts'
import { RemovalFailure } from '../domain/removal-failure.ts'
import { unknownOutcome } from '../domain/start-decision.ts'
import type { StepFailure } from './activities.ts'
import { asThrowable, stepFailureFrom } from './activities.ts'
import type { Unparked } from './park.ts'
import { park } from './park.ts'
import { PATCHES } from './patches.ts'
import type { RemovalRun } from './removal-run.ts'
import { mayHaveBought, startOver } from './removal-run.ts'

/**
 * Runs one step of a removal until it is done. A failure that a person or time can mend parks the removal, and the
 * step is run again afterwards; it learns what ended the park. Every other failure ends the step. `state` is shown
 * while it runs, also after a park; null for a step that shows its own.
 */
export async function step<Result>(
  run: RemovalRun,
  state: RemovalState | null,
  work: (after: Unparked | null) => Promise<Result>,
): Promise<Result> {
  let after: Unparked | null = null
  for (;;) {
    if (state !== null) run.show(state)
    try {
      return await work(after)
    } catch (error) {
      // An activity that fails after the cancel request surfaces as a failure, not as a cancellation.
      const isCancelled = isCancellation(error) || CancellationScope.current().consideredCancelled
      const failed = isCancelled ? undefined : stepFailureFrom(error)
      if (failed === undefined) throw error
      run.goOnAs(failed.failure.facts.recordedId)
      run.hearOfAttributes(failed.failure.facts.lackingSearchAttributes)
      if (failed.failure.facts.recordsLost) return startOver(run, { recordsLost: true })
      const meaning = meaningOf(failed, run)
      // A job that has ended so stays so: another purchase is no matter of this step.
      if (meaning.facts.jobEnded || !parks(meaning, run)) throw asThrowable(meaning)
      after = await park(run, meaning)
    }
  }
}

/** Whether a failure of this removal stops and waits instead of ending it. */
function parks({ kind }: RemovalFailure, run: RemovalRun): boolean {
  const rule = ruleOf(kind).parks
  if (rule !== 'after-start') return rule === 'at-once' || rule === 'after-budget'
  if (run.start !== 'none') return true
  // A deadline that passes before the next start ends a removal, whatever was bought before.
  return kind === 'Unexpected' && mayHaveBought(run) && patched(PATCHES.boughtBeforeParks.id)
}

/** A step's failure as the removal's: the deadline and a start in doubt weigh more than what failed last. */
function meaningOf({ failure, isOutOfTime, isByDeadline }: StepFailure, run: RemovalRun): RemovalFailure {
  if (failure.facts.startInDoubt || run.start === 'in-doubt') {
    run.startBecame('in-doubt')
    return leavesStartOpen(failure) ? openStart(failure, run) : failure
  }
  const isLate =
    (isOutOfTime && (failure.kind === 'DeadlineExceeded' || Date.now() >= run.deadlineAtMs)) ||
    // An outage that was to be tried again only after the deadline.
    (isByDeadline && patched(PATCHES.earlyEndIsDeadline.id))
  // What is paid for is fetched, however late.
  if (!isLate || run.state === 'retrieving') return failure
  return new RemovalFailure(
    'DeadlineExceeded',
    `the deadline passed while ${run.state}; last: ${failure.message}`,
    { removalId: run.id, vendorJobId: run.vendorJobId, requestId: failure.facts.requestId ?? null },
  )
}

/** Our own outages pass, and the start is then checked by itself; a refused check says what a person must mend first. */
function leavesStartOpen({ kind }: RemovalFailure): boolean {
  // The vendor said a definite no, and says when to ask again: that is no question for a person.
  if (kind === 'RateLimited' && patched(PATCHES.rateLimitIsNoDoubt.id)) return false
  return kind === 'DeadlineExceeded' || (ruleOf(kind).wakes === 'time' && kind !== 'PlatformUnavailable')
}

/** The status checks themselves went wrong until the budget was spent. */
function openStart(last: RemovalFailure, { id, vendorJobId }: RemovalRun): RemovalFailure {
  return unknownOutcome({
    removalId: id,
    vendorJobId: vendorJobId ?? '',
    keyAlias: null,
    requestId: last.facts.requestId ?? null,
    tried: 'a start was sent',
    known: `the status check of the job failed: ${last.message}`,
  })
}
