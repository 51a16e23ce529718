import type { ApplicationFailure } from '@temporalio/common'
import { isWithinLimit } from '../domain/credit-limit.ts'
import { creditsFromMillicredits } from '../domain/pricing.ts'
import { RemovalFailure } from '../domain/removal-failure.ts'
import { asThrowable } from './failure-from-activity.ts'
import type { ResumeRequest } from './messages.ts'
import type { NextPurchase, RemovalRun } from './removal-run.ts'

const LONGEST = { by: 256, note: 1_000 } as const

/** Throws unless a removal can be resumed as asked. Not async: validators of updates are called without await. */
export function refuseResume(run: RemovalRun, asked: ResumeRequest): void {
  const { id, state, parkedFor, resumed, nextPurchase } = run
  if (parkedFor === null || resumed !== null)
    throw refusal(id, `removal ${id} is not parked (${state}), nothing to resume`)
  if (parkedFor.kind === 'UnknownOutcome' && asked.as === undefined)
    throw refusal(id, `removal ${id} needs an answer: resume it as started or as not-started`)
  if (parkedFor.kind !== 'UnknownOutcome' && asked.as !== undefined)
    throw refusal(
      id,
      `removal ${id} is parked for ${parkedFor.kind}, which is no question: resume it without "as"`,
    )
  if (asked.maxCredits !== undefined && !(Number.isFinite(asked.maxCredits) && asked.maxCredits > 0))
    throw refusal(id, `maxCredits: expected credits above 0, not ${String(asked.maxCredits)}`)
  for (const field of ['by', 'note'] as const)
    if ((asked[field]?.length ?? 0) > LONGEST[field])
      throw refusal(id, `${field}: expected at most ${LONGEST[field]} characters`)
  if (nextPurchase !== null) refuseBeyondLimit(id, nextPurchase, asked.maxCredits)
}

/** A resume that would buy again stays within the same limit as every other purchase. */
function refuseBeyondLimit(id: string, next: NextPurchase, raisedTo: number | undefined): void {
  const maxCredits = raisedTo ?? next.maxCredits
  if (isWithinLimit({ ...next, maxCredits })) return
  const { spentMillicredits, nextMillicredits } = next
  const needed = creditsFromMillicredits(spentMillicredits + (nextMillicredits ?? 0))
  throw asThrowable(
    new RemovalFailure(
      'BudgetExceeded',
      `removal ${id} would buy another vendor job, ${needed} credits in all, and maxCredits allows ${maxCredits}`,
      {
        removalId: id,
        hint: `It stays parked. To allow it, run \`matteflow resume ${id} --max-credits ${needed}\`.`,
      },
    ),
  )
}

function refusal(removalId: string, message: string): ApplicationFailure {
  return asThrowable(new RemovalFailure('InvalidRequest', message, { removalId }))
}
