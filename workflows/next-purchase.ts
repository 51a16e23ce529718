import { patched } from '@temporalio/workflow'
import type { PricedVariant } from '../domain/plan-fallback.ts'
import { planFallback } from '../domain/plan-fallback.ts'
import { RemovalFailure } from '../domain/removal-failure.ts'
import { stepFailureFrom } from './activities.ts'
import { park } from './park.ts'
import { PATCHES } from './patches.ts'
import type { NextPurchase, RemovalRun } from './removal-run.ts'
import { admittedOf, variantOf } from './removal-run.ts'
import { step } from './step.ts'

/**
 * What to buy after a purchase that did not serve, with its credits held; null where the removal ends as it did. A
 * job that the vendor ended for want of credits is bought again after a person's resume, other failures are followed by
 * what the fallback plan allows. Either way the sum over all purchases stays within `maxCredits`.
 */
export async function nextPurchase(run: RemovalRun, failure: RemovalFailure): Promise<PricedVariant | null> {
  if (failure.kind === 'InsufficientCredits' && failure.facts.jobEnded) return sameAgain(run, failure)
  const { requested, durationSeconds, prices } = admittedOf(run)
  // Histories of before planned without these two bounds.
  const isBounded = patched(PATCHES.fallbackIsBounded.id)
  const next = planFallback({
    requested: { ...requested, maxCredits: limitOf(run) },
    failedWith: failure.kind,
    proven: isBounded ? failure.facts.proven === true : true,
    tried: purchasesOf(run),
    bought: isBounded ? run.purchase : 0,
    spentMillicredits: spentOn(run),
    durationSeconds,
    prices,
  })
  return next !== null && (await reserve(run, next)) === null ? next : null
}

/** Waits for a person, who has topped up the account. The update refuses a resume that would go beyond the limit. */
async function sameAgain(run: RemovalRun, failure: RemovalFailure): Promise<PricedVariant | null> {
  const again = variantOf(run)
  for (let shown = failure; ; ) {
    await park(run, shown, costOf(run, again))
    // Another purchase begins; until its upload it would still show as parked.
    run.enter('accepted')
    const refusal = await reserve(run, again)
    if (refusal === null) return again
    if (!patched(PATCHES.budgetKeepsParked.id)) return null
    const message = `${failure.message}; to buy it again: ${refusal.message}`
    shown = new RemovalFailure(failure.kind, message, { ...failure.facts, removalId: run.id })
  }
}

/** Holds the credits of a purchase. The refusal where the project's budget has not enough left. */
async function reserve(run: RemovalRun, variant: PricedVariant): Promise<RemovalFailure | null> {
  const { durationSeconds, prices } = admittedOf(run)
  const purchase = run.purchase + 1
  try {
    await step(run, run.state, () =>
      run.activities.reserveCredits(
        { ...run.of, purchase, order: variant, durationSeconds, prices },
        { summary: `hold credits for ${variant.model} ${variant.outputFormat}` },
      ),
    )
    return null
  } catch (error) {
    const refusal = stepFailureFrom(error)?.failure
    if (refusal?.kind === 'BudgetExceeded') return refusal
    throw error
  }
}

function costOf(run: RemovalRun, variant: PricedVariant): NextPurchase {
  return {
    spentMillicredits: spentOn(run),
    nextMillicredits: variant.estimatedMillicredits,
    maxCredits: limitOf(run),
  }
}

function limitOf(run: RemovalRun): number | null {
  return run.maxCredits ?? admittedOf(run).requested.maxCredits
}

function purchasesOf(run: RemovalRun): PricedVariant[] {
  return [...run.failed.map(({ variant }) => variant), variantOf(run)]
}

/** A failed purchase counts as charged until shown otherwise. */
function spentOn(run: RemovalRun): number {
  return purchasesOf(run).reduce((sum, { estimatedMillicredits }) => sum + (estimatedMillicredits ?? 0), 0)
}
