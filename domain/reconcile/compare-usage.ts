import { creditsFromMillicredits } from '../pricing.ts'
import type { Difference } from './difference.ts'
import type { OurPurchase } from './our-purchase.ts'
import { madeAtMs } from './our-purchase.ts'

const DAY_MS = 86_400_000

/** One key over the same days, by our ledger and by the vendor's summary; credits exact to 1/1000. */
export interface KeyUsage {
  keyAlias: string
  /** What was settled for purchases with this key. */
  ours: number
  /** What is held for purchases that have not ended; the vendor may count these already. */
  open: number
  /** Null where the vendor gave no figure, or was not asked. */
  theirs: number | null
}

/** What is compared: all purchases of at least a day more than the days. */
export interface UsageQuestion {
  keyAlias: string
  days: number
  nowMs: number
  purchases: readonly OurPurchase[]
  theirsMillicredits: number | null
}

/**
 * Compares the vendor's total of a key with our sum. What is open may or may not be counted there, and where
 * its first day begins is undocumented: only a total that no reading explains is a difference.
 */
export function compareUsage(question: UsageQuestion): { usage: KeyUsage; difference: Difference | null } {
  const { keyAlias, days, nowMs, theirsMillicredits: theirs } = question
  const mine = question.purchases.filter((purchase) => purchase.keyAlias === keyAlias)
  const within = (someDays: number) =>
    mine.filter((purchase) => madeAtMs(purchase) >= nowMs - someDays * DAY_MS)
  const open = within(days + 1).filter(({ closing, start }) => closing === null && start !== 'none')
  const settled = spent(within(days))
  const usage: KeyUsage = {
    keyAlias,
    ours: creditsFromMillicredits(settled),
    open: creditsFromMillicredits(open.reduce((sum, { heldMillicredits }) => sum + heldMillicredits, 0)),
    theirs: theirs === null ? null : creditsFromMillicredits(theirs),
  }
  const least = spent(within(days - 1))
  const most = spent(within(days + 1)) + open.reduce((sum, purchase) => sum + atMost(purchase), 0)
  if (theirs === null || (theirs >= least && theirs <= most)) return { usage, difference: null }
  const difference: Difference = {
    kind: 'usage-total-differs',
    removalId: null,
    purchase: null,
    vendorJobId: null,
    keyAlias,
    ours: usage.ours,
    theirs: usage.theirs,
    seen: `over ${days} days the vendor counts ${usage.theirs} credits for this key, our purchases come to ${usage.ours}${usage.open === 0 ? '' : ` and ${usage.open} held`}`,
    next: theirs > most ? ABOVE : below(within(days), settled - theirs, days),
  }
  return { usage, difference }
}

const ABOVE =
  'Start with the jobs above that are billed and unrecorded; else compare day by day in the vendor’s dashboard.'

function below(purchases: readonly OurPurchase[], missing: number, days: number): string {
  const failed = purchases.filter(({ finalStatus }) => finalStatus?.trim().toLowerCase() === 'failed')
  if (failed.length > 0 && spent(failed) === missing)
    return `The vendor's total is lower by exactly our ${failed.length} failed jobs: it seems not to charge them.`
  return `Compare day by day with the vendor's dashboard: \`matteflow usage --since ${days}d --by day,model\`.`
}

function spent(purchases: readonly OurPurchase[]): number {
  return purchases.reduce((sum, { spentMillicredits }) => sum + spentMillicredits, 0)
}

/** Where the length was unknown nothing is held, and any figure is possible. */
function atMost({ heldMillicredits, estimatedMillicredits }: OurPurchase): number {
  return heldMillicredits === 0 && estimatedMillicredits === null
    ? Number.POSITIVE_INFINITY
    : heldMillicredits
}
