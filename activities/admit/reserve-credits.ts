import type { Purchase } from '../../adapters/ledger/rows.ts'
import type { PricedVariant } from '../../domain/plan-fallback.ts'
import type { Prices } from '../../domain/pricing.ts'
import { priceRule } from '../../domain/pricing.ts'
import { activity } from '../activity.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { startingOver } from '../find-record.ts'
import type { RemovalInput } from '../labels.ts'

export interface ReserveCreditsInput extends RemovalInput, Purchase {
  order: PricedVariant
  durationSeconds: number | null
  prices: Prices
}

/** Holds the credits of a purchase after the first. Fails as `BudgetExceeded` when the project has not enough left. */
export function reserveCredits(deps: ActivityDependencies) {
  return activity(
    async ({
      removalId,
      purchase,
      labels,
      order,
      durationSeconds,
      prices,
    }: ReserveCreditsInput): Promise<void> => {
      const { model, outputFormat, estimatedMillicredits } = order
      const held = await deps.ledger.credits.reserve({
        removalId,
        purchase,
        project: labels.project,
        variant: { model, outputFormat },
        amountMillicredits: estimatedMillicredits ?? 0,
        reason:
          durationSeconds === null
            ? 'length unknown, nothing held'
            : priceRule(model, durationSeconds, prices),
        at: new Date(await deps.now()),
      })
      if (held === undefined) throw startingOver(removalId)
    },
    deps,
  )
}
