import type { Model } from './request-values.ts'

/** Credits per minute of video and model. Source: docs/vendors/removebgvideo.md §8; the live table replaces it. */
type PriceTable = Readonly<Record<Model, number>>

/** A price table and where it came from, recorded with each purchase. */
export interface Prices {
  table: PriceTable
  /** `documented`, or `live` and the moment it was read. */
  version: string
}

/** The table the vendor documents, used until its live table was read. */
export const DOCUMENTED_PRICES: Prices = {
  table: { original: 60, light: 45, pro: 180, human: 45 },
  version: 'documented',
}

/** How an amount came about, in words: recorded with each entry of the ledger. */
export function priceRule(model: Model, durationSeconds: number, { table, version }: Prices): string {
  return `${durationSeconds} s × ${table[model]} credits/min (${model}, ${version}), rounded up to 1/1000`
}

/**
 * What a video of this length costs, in integer millicredits, rounded up: the vendor leaves rounding open, and
 * an estimate that is too high refuses too early while one that is too low overspends (docs/vendors/removebgvideo.md §9).
 */
export function priceMillicredits(
  model: Model,
  durationSeconds: number,
  prices: Prices = DOCUMENTED_PRICES,
): number {
  // Milliseconds are integers, so the division is the only place where a fraction can appear.
  const durationMs = Math.max(0, Math.ceil(durationSeconds * 1_000 - 1e-6))
  return Math.max(0, Math.ceil((durationMs * prices.table[model]) / 60 - 1e-9))
}

/** Credits as people and the vendor count them, exact to a thousandth. */
export function creditsFromMillicredits(amountMillicredits: number): number {
  return amountMillicredits / 1_000
}

/** Integer millicredits of an amount in credits. */
export function millicreditsFromCredits(credits: number): number {
  return Math.round(credits * 1_000)
}
