import { abandoned, comparePurchase } from './compare-purchase.ts'
import type { DraftLoser } from './compare-unknown-job.ts'
import { compareUnknownJob } from './compare-unknown-job.ts'
import type { Difference, OpenPurchase } from './difference.ts'
import type { OurPurchase } from './our-purchase.ts'
import type { TheirJob } from './their-job.ts'

/** Both sides, after whatever could be settled was. */
export interface BothRecords {
  purchases: readonly OurPurchase[]
  /** Jobs that were asked for by id; one that the vendor denies is null. */
  statusChecks: ReadonlyMap<string, TheirJob | null>
  /** Jobs of our keys that no purchase knows, each confirmed by id. */
  unknownJobs: readonly TheirJob[]
  /** Removals that may have lost drafts. */
  draftLosers: readonly DraftLoser[]
  /** Unfinished removals whose workflow is gone. */
  abandonedRemovals: ReadonlySet<string>
  /** Keys that made jobs and cannot be asked: not configured any more, or refused. */
  blindKeys: ReadonlySet<string>
  nowMs: number
}

/** Names every difference between our ledger and the vendor's records. Totals are compared by `compareUsage`. */
export function compareRecords(both: BothRecords): { differences: Difference[]; open: OpenPurchase[] } {
  const differences: Difference[] = []
  const open: OpenPurchase[] = []
  for (const ours of both.purchases) {
    if (both.abandonedRemovals.has(ours.removalId)) {
      if (ours.closing === null) differences.push(abandoned(ours))
      continue
    }
    const theirs = ours.vendorJobId === null ? undefined : both.statusChecks.get(ours.vendorJobId)
    const finding = comparePurchase(ours, theirs, both.nowMs)
    if (finding === null) continue
    if ('open' in finding) open.push(finding.open)
    else differences.push(finding.difference)
  }
  for (const keyAlias of both.blindKeys) {
    const gap = blindKey(keyAlias, both.purchases)
    if (gap !== null) differences.push(gap)
  }
  for (const job of both.unknownJobs) differences.push(compareUnknownJob(job, both.draftLosers))
  return { differences, open }
}

/** What was settled with a key that is gone cannot be checked; one difference stands for all of it. */
function blindKey(keyAlias: string, purchases: readonly OurPurchase[]): Difference | null {
  const settled = purchases.filter((ours) => ours.keyAlias === keyAlias && ours.closing === 'settle')
  const [first] = settled
  if (first === undefined) return null
  return {
    kind: 'visibility-gap',
    removalId: first.removalId,
    purchase: first.purchase,
    vendorJobId: first.vendorJobId,
    keyAlias,
    ours: settled.reduce((sum, { spentMillicredits }) => sum + spentMillicredits, 0) / 1_000,
    theirs: null,
    seen: `${settled.length} settled purchases of the key ${keyAlias}, this one among them, cannot be compared: the key is not configured or is refused`,
    next: `Add ${keyAlias}:<key> to REMOVEBGVIDEO_RETIRED_KEYS while the key lives, restart the worker, then run \`matteflow reconcile\`.`,
  }
}
