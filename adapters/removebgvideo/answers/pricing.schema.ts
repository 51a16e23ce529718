import { z } from 'zod'
import { amountOrNull } from './tolerant.schema.ts'

/** Credits per minute by model; models without a sensible price are left out. Source: removebgvideo.md §8. */
export const pricingSchema = z
  .object({ model_pricing_credits_per_minute: z.record(z.string(), amountOrNull) })
  .transform(({ model_pricing_credits_per_minute: prices }) => {
    const known = Object.entries(prices).flatMap(([model, price]) =>
      price === null ? [] : [[model, price] as const],
    )
    return { creditsPerMinute: Object.fromEntries(known) as Readonly<Record<string, number>> }
  })
