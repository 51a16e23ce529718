import { isWithinLimit } from './credit-limit.ts'
import type { FailureKind } from './failures.ts'
import { ruleOf } from './failures.ts'
import type { Prices } from './pricing.ts'
import { priceMillicredits } from './pricing.ts'
import type { Background, Model, OutputFormat } from './request-values.ts'
import { OUTPUT_FORMATS, wantsAlpha } from './request-values.ts'

/** What may be bought: a model and a format. */
export interface Variant {
  model: Model
  outputFormat: OutputFormat
}

/** What a plan may depend on. */
export interface FallbackSituation {
  requested: Variant & {
    background: Background
    textPrompt: string | null
    fallback: 'none' | 'auto' | { model: Model; outputFormat?: OutputFormat | undefined }[]
    maxCredits: number | null
  }
  failedWith: FailureKind
  /** Of an output that was refused: whether it is proven not to be what was bought. */
  proven: boolean
  /** Everything tried so far, the failed one last; nothing is bought twice. */
  tried: Variant[]
  /** How many purchases were made so far: before the first one, a cheaper variant costs none of those allowed. */
  bought: number
  /** Charged for what was tried; a failed job counts as charged until shown otherwise. */
  spentMillicredits: number
  durationSeconds: number | null
  prices: Prices
}

/** What to buy next, and what it is estimated to cost; null where the length is unknown. */
export interface PricedVariant extends Variant {
  estimatedMillicredits: number | null
}

/** Closest in quality first; `pro` last, since it costs three to four times as much. Source: docs/vendors/removebgvideo.md §8. */
const AUTO_MODELS: readonly Model[] = ['original', 'human', 'light', 'pro']
/** Formats that stand in for another: those that play the same way first. */
const AUTO_FORMATS: readonly OutputFormat[] = ['webm', 'mov', 'webp', 'png_sequence', 'gif']

/**
 * The next model or format after a failure, or null. Never without alpha when alpha was asked, never without
 * the text prompt that was given, never beyond `maxCredits` over all purchases, never the same twice, and never
 * after a failure that leaves open whether something was bought. `auto` allows one more purchase than the request
 * itself, a list as many more as it is long. A doubt of ours about an output is no reason to buy: only one that is
 * proven wrong may be followed by another.
 */
export function planFallback(situation: FallbackSituation): PricedVariant | null {
  const { requested, failedWith, proven, tried, bought } = situation
  const rule = ruleOf(failedWith).fallback
  if (rule === 'never' || requested.fallback === 'none') return null
  if (failedWith === 'OutputInvalid' && !proven) return null
  if (bought > morePurchases(requested.fallback)) return null
  const priced = candidates(situation)
    .filter((variant) => isFaithful(variant, requested) && !tried.some((earlier) => isSame(earlier, variant)))
    .map((variant) => ({ ...variant, estimatedMillicredits: estimate(variant, situation) }))
    .filter((variant) => isAffordable(variant, situation))
  return priced.find((variant) => rule === 'another' || isCheaper(variant, situation)) ?? null
}

/** How many purchases may follow the first. */
function morePurchases(fallback: FallbackSituation['requested']['fallback']): number {
  if (fallback === 'none') return 0
  return fallback === 'auto' ? 1 : fallback.length
}

function candidates({ requested, failedWith }: FallbackSituation): Variant[] {
  const { fallback, model, outputFormat } = requested
  if (Array.isArray(fallback))
    return fallback.map((choice) => ({
      model: choice.model,
      outputFormat: choice.outputFormat ?? outputFormat,
    }))
  const otherModels = AUTO_MODELS.map((other) => ({ model: other, outputFormat }))
  // A wrong file is more likely the format's fault than the model's; a failed job the model's.
  const otherFormats = AUTO_FORMATS.map((other) => ({ model, outputFormat: other }))
  return failedWith === 'OutputInvalid' ? [...otherFormats, ...otherModels] : otherModels
}

function isFaithful(variant: Variant, { background, textPrompt }: FallbackSituation['requested']): boolean {
  if (wantsAlpha({ background }) && !carriesAlpha(variant.outputFormat)) return false
  return textPrompt === null || variant.model === 'pro'
}

function carriesAlpha(format: OutputFormat): boolean {
  return OUTPUT_FORMATS.includes(format) && format !== 'mp4'
}

function isSame(left: Variant, right: Variant): boolean {
  return left.model === right.model && left.outputFormat === right.outputFormat
}

function estimate({ model }: Variant, { durationSeconds, prices }: FallbackSituation): number | null {
  return durationSeconds === null ? null : priceMillicredits(model, durationSeconds, prices)
}

function isAffordable(
  { estimatedMillicredits }: PricedVariant,
  { requested, spentMillicredits }: FallbackSituation,
): boolean {
  return isWithinLimit({
    maxCredits: requested.maxCredits,
    spentMillicredits,
    nextMillicredits: estimatedMillicredits,
  })
}

function isCheaper(variant: PricedVariant, { tried, prices }: FallbackSituation): boolean {
  const failed = tried.at(-1)
  return failed !== undefined && prices.table[variant.model] < prices.table[failed.model]
}
