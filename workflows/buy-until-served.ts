import { patched } from '@temporalio/workflow'
import type { RetrievedOutput } from '../activities/retrieve/retrieve-output.ts'
import type { FallbackOrder } from '../domain/plan-fallback.ts'
import { planFallback } from '../domain/plan-fallback.ts'
import type { FailureDocument } from '../domain/removal-document.ts'
import { buy } from './buy.ts'
import { asThrowable, stepFailureFrom } from './failure-kind.ts'
import { park } from './park.ts'
import { perform } from './perform.ts'
import type { Removal } from './removal.ts'
import { admittedOf, orderOf } from './removal.ts'
import { retrieve } from './retrieve.ts'
import { runStep } from './run-step.ts'
import { waitForJob } from './wait-for-job.ts'

/** Buys, waits and collects; where a purchase did not serve and the request allows it, the next best order as well. */
export async function buyUntilServed(removal: Removal): Promise<RetrievedOutput> {
  for (;;) {
    try {
      await buy(removal)
      const outOfCredits = await waitForJob(removal)
      if (outOfCredits === null) return await retrieve(removal)
      await park(removal, outOfCredits, { jobEnded: true })
      // Another purchase begins; until its upload it would still show as parked.
      removal.enter('accepted')
      const again = orderOf(removal)
      if (!(await reserve(removal, again))) throw asThrowable(outOfCredits)
      turnTo(removal, again, outOfCredits)
    } catch (error) {
      const failure = stepFailureFrom(error)?.document
      const next = failure === undefined ? null : nextOrder(removal, failure)
      if (failure === undefined || next === null || !(await reserve(removal, next))) throw error
      turnTo(removal, next, failure)
    }
  }
}

function nextOrder(removal: Removal, failure: FailureDocument): FallbackOrder | null {
  const { requested, durationSeconds, prices } = admittedOf(removal)
  const tried = [...removal.failedOrders.map(({ order }) => order), orderOf(removal)]
  const spentMillicredits = tried.reduce((sum, order) => sum + (order.estimatedMillicredits ?? 0), 0)
  const isBounded = patched('fallback-is-bounded')
  return planFallback({
    requested,
    failedWith: failure.kind,
    // Histories of before planned without these bounds.
    proven: isBounded ? failure.proven === true : true,
    tried,
    bought: isBounded ? removal.purchase : 0,
    spentMillicredits,
    durationSeconds,
    prices,
  })
}

/** False when the project's budget has not enough left: then the removal ends with what failed before. */
async function reserve(removal: Removal, order: FallbackOrder): Promise<boolean> {
  const { durationSeconds, prices } = admittedOf(removal)
  const summary = `hold credits for ${order.model} ${order.outputFormat}`
  try {
    await runStep(removal, removal.state, () =>
      perform(
        removal,
        'reserveCredits',
        { purchase: removal.purchase + 1, order, durationSeconds, prices },
        { summary },
      ),
    )
    return true
  } catch (error) {
    if (stepFailureFrom(error)?.document.kind === 'BudgetExceeded') return false
    throw error
  }
}

function turnTo(removal: Removal, next: FallbackOrder, failure: FailureDocument): void {
  removal.failedOrders.push({ order: orderOf(removal), failure })
  removal.purchase += 1
  removal.order = next
  removal.start = 'none'
  removal.vendorJobId = null
  removal.hints = { pending: false, taken: 0, lastAtMs: 0 }
}
