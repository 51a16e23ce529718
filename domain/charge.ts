import { creditsFromMillicredits, DOCUMENTED_PRICES, priceMillicredits } from './pricing.ts'
import type { Model } from './request-values.ts'

/** A vendor job that has ended, the price it was made with, and what the vendor says of it. */
export interface EndedJob {
  model: Model
  /** The rate that was recorded with the purchase; null in records that have none. */
  creditsPerMinute: number | null
  /** What was estimated and held for it; null where the input's length was unknown. */
  estimatedMillicredits: number | null
  /** The vendor's word for its end. */
  status: string
  durationSeconds: number | null
  /** Verbatim; of its values only the word "refunded" is relied on. */
  billingStatus: string | null
}

/** What a job was charged, and why it is that amount: the reason of its entry in the ledger. */
export interface Charge {
  amountMillicredits: number
  why: string
}

/**
 * What an ended job cost. A completed one costs its length at the rate that was recorded with the purchase, else what
 * was estimated. A failed one counts as charged until shown otherwise: the length that it reports, usually 0, says how
 * far it came and not what was taken, unless the vendor says that it was refunded. Source:
 * docs/vendors/removebgvideo.md §19.18.
 */
export function chargeOf(job: EndedJob): Charge {
  const { status, durationSeconds, billingStatus, estimatedMillicredits } = job
  const billing = billingStatus === null ? 'no billing status' : `billing status ${billingStatus}`
  const isFailed = status.trim().toLowerCase() === 'failed'
  if (isFailed && !isRefunded(job))
    return {
      amountMillicredits: estimatedMillicredits ?? 0,
      why: `${estimate(estimatedMillicredits)}, since a failed job counts as charged until shown otherwise; ${billing}`,
    }
  if (durationSeconds !== null) {
    const { model, creditsPerMinute } = job
    const rate = creditsPerMinute ?? DOCUMENTED_PRICES.table[model]
    const table = { ...DOCUMENTED_PRICES.table, [model]: rate }
    const amountMillicredits = priceMillicredits(model, durationSeconds, { table, version: 'recorded' })
    return {
      amountMillicredits,
      why: `${durationSeconds} s × ${rate} credits/min, rounded up to 1/1000, is ${creditsFromMillicredits(amountMillicredits)}; ${billing}`,
    }
  }
  if (isFailed) return { amountMillicredits: 0, why: `nothing; ${billing}` }
  return {
    amountMillicredits: estimatedMillicredits ?? 0,
    why: `${estimate(estimatedMillicredits)}; ${billing}`,
  }
}

/** Whether the vendor says that it gave back what it had taken. */
export function isRefunded({ billingStatus }: Pick<EndedJob, 'billingStatus'>): boolean {
  return /refund/i.test(billingStatus ?? '')
}

function estimate(amountMillicredits: number | null): string {
  return amountMillicredits === null
    ? 'nothing, as no length was known to estimate by'
    : `the estimate of ${creditsFromMillicredits(amountMillicredits)}`
}
