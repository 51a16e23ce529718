import type { Prices } from './pricing.ts'
import { creditsFromMillicredits, priceMillicredits } from './pricing.ts'
import { usualProcessingMs } from './processing-time.ts'
import type { Model } from './request-values.ts'
import { MODELS } from './request-values.ts'

/** What one model would cost and take for a video. */
export interface ModelQuote {
  /** Which model. */
  model: Model
  /** Exact to a thousandth. */
  credits: number
  /** Its price. */
  creditsPerMinute: number
  /** A first guess, from the model's usual speed. */
  expectedSeconds: number
}

/** What a removal would cost, for every model; nothing is stored or bought for it. */
export interface Quote {
  /** As a player shows it; null where it could not be learnt, and then there is no price. */
  durationSeconds: number | null
  /** A row for each model; none where the length is not known. */
  models: ModelQuote[]
  /** Where the prices come from: `documented`, or `live` and when. */
  prices: string
}

/** The quote for a video of this length. */
export function quoteFor(durationSeconds: number | null, prices: Prices): Quote {
  const models = MODELS.map((model) => ({
    model,
    credits: creditsFromMillicredits(priceMillicredits(model, durationSeconds ?? 0, prices)),
    creditsPerMinute: prices.table[model],
    expectedSeconds: Math.round(usualProcessingMs(model, durationSeconds) / 1_000),
  }))
  return { durationSeconds, models: durationSeconds === null ? [] : models, prices: prices.version }
}
