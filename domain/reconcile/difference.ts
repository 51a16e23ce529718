/**
 * What can be wrong between our ledger and the vendor's records:
 *
 * - `billed-and-unrecorded`: the vendor shows a job as started that the ledger does not have, or holds for not started;
 * - `recorded-and-unbilled`: the ledger says started or spent, the vendor shows a draft;
 * - `amount-differs`: the vendor's length makes another price than the one that was settled;
 * - `orphan-drafts`: a draft that no purchase knows; it costs nothing;
 * - `stuck-reservations`: credits are held and nothing will settle them by itself;
 * - `visibility-gap`: the key that made a job is gone, or does not see it;
 * - `usage-total-differs`: the vendor's total of a key is not the sum of our purchases with it.
 */
export const DIFFERENCE_KINDS = [
  'billed-and-unrecorded',
  'recorded-and-unbilled',
  'amount-differs',
  'orphan-drafts',
  'stuck-reservations',
  'visibility-gap',
  'usage-total-differs',
] as const
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number]

/** One difference, what it is about, and what to do. What does not apply, or is not known, is null. */
export interface Difference {
  kind: DifferenceKind
  /** Of an orphan draft the removal it was most likely made for. */
  removalId: string | null
  purchase: number | null
  vendorJobId: string | null
  keyAlias: string | null
  /** Credits by our ledger and by the vendor's figures, exact to 1/1000. */
  ours: number | null
  theirs: number | null
  /** What is seen, in a sentence. */
  seen: string
  /** The next step, with a command where there is one. */
  next: string
}

/** A purchase of which it is not known yet how it ends: nothing is wrong, and something is open. */
export interface OpenPurchase {
  removalId: string
  purchase: number
  vendorJobId: string | null
  keyAlias: string | null
  /** Credits held for it. */
  held: number
  seen: string
  next: string
}
