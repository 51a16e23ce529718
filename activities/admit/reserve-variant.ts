import type { RemovalRecord } from '../../adapters/ledger/rows.ts'
import { isWithinLimit } from '../../domain/credit-limit.ts'
import type { PricedVariant } from '../../domain/plan-fallback.ts'
import { planFallback } from '../../domain/plan-fallback.ts'
import type { Prices } from '../../domain/pricing.ts'
import { creditsFromMillicredits, priceMillicredits, priceRule } from '../../domain/pricing.ts'
import { isRemovalFailure, RemovalFailure } from '../../domain/removal-failure.ts'
import type { RemovalRequest } from '../../domain/removal-request.schema.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { startingOver } from '../find-record.ts'
import type { InspectedInput } from '../media.ts'

interface Asked {
  record: RemovalRecord
  request: RemovalRequest
  input: InspectedInput
  /** Null where the length is unknown: nothing can be held, and a limit cannot be kept. */
  billedSeconds: number | null
  prices: Prices
}

/**
 * Holds the credits of the first purchase. Where the budget has not enough and fallback allows it, those of a
 * cheaper model; else fails as `BudgetExceeded`, before anything is uploaded.
 */
export async function reserveVariant(asked: Asked, deps: ActivityDependencies): Promise<PricedVariant> {
  const { request, billedSeconds, prices } = asked
  const { model, outputFormat } = request
  let variant: PricedVariant = { model, outputFormat, estimatedMillicredits: estimate(asked) }
  const tried: PricedVariant[] = []
  for (;;) {
    try {
      return await reserve(variant, asked, deps)
    } catch (error) {
      if (!isRemovalFailure(error) || error.kind !== 'BudgetExceeded') throw error
      tried.push(variant)
      const next = planFallback({
        requested: request,
        failedWith: 'BudgetExceeded',
        proven: false,
        tried,
        bought: 0,
        spentMillicredits: 0,
        durationSeconds: billedSeconds,
        prices,
      })
      if (next === null) throw error
      variant = next
    }
  }
}

async function reserve(
  variant: PricedVariant,
  { record, request, input, billedSeconds, prices }: Asked,
  deps: ActivityDependencies,
): Promise<PricedVariant> {
  checkLimit(variant, request)
  const held = await deps.ledger.credits.reserve({
    removalId: record.id,
    purchase: 1,
    project: record.project,
    variant: { model: variant.model, outputFormat: variant.outputFormat },
    amountMillicredits: variant.estimatedMillicredits ?? 0,
    reason:
      billedSeconds === null
        ? 'length unknown, nothing held'
        : priceRule(variant.model, billedSeconds, prices),
    at: new Date(await deps.now()),
    inspection: {
      inputBytes: input.sizeBytes,
      inputDurationSeconds: input.durationSeconds,
      inputPictureSeconds: input.pictureSeconds,
      inputContentType: input.contentType,
      estimatedMillicredits: variant.estimatedMillicredits,
    },
  })
  if (held === undefined) throw startingOver(record.id)
  // A repeated admission goes on with what was held the first time, whatever prices say now.
  return { ...held, estimatedMillicredits: billedSeconds === null ? null : held.amountMillicredits }
}

function estimate({ request, billedSeconds, prices }: Asked): number | null {
  return billedSeconds === null ? null : priceMillicredits(request.model, billedSeconds, prices)
}

function checkLimit({ estimatedMillicredits, model }: PricedVariant, { maxCredits }: RemovalRequest): void {
  if (isWithinLimit({ maxCredits, spentMillicredits: 0, nextMillicredits: estimatedMillicredits })) return
  throw new RemovalFailure(
    'BudgetExceeded',
    estimatedMillicredits === null
      ? 'the length of this URL is unknown, so maxCredits cannot be kept: upload the file instead, or leave maxCredits out'
      : `estimated ${creditsFromMillicredits(estimatedMillicredits)} credits with the model ${model}, allowed ${maxCredits}`,
  )
}
