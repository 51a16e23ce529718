import type { OurPurchase } from './our-purchase.ts'
import { chargeFor } from './our-purchase.ts'
import type { TheirJob } from './their-job.ts'
import { hasEnded, isDraft } from './their-job.ts'

/** A start in doubt cannot take effect as late as this: doubt windows are a minute or two. */
export const LATEST_START_MS = 60 * 60_000

/** How a reservation that outlived its removal is to be closed. */
export type Closing =
  | { kind: 'settle'; chargedMillicredits: number; reason: string }
  | { kind: 'release'; reason: string }

/**
 * What a fresh status check of the job of a closed removal allows: settle what has ended, a failed job included, release
 * what certainly never started. Null where the credits stay held. `theirs` is undefined where there is no job.
 */
export function closingOf(ours: OurPurchase, theirs: TheirJob | undefined, nowMs: number): Closing | null {
  if (!ours.isRemovalClosed || ours.closing !== null) return null
  if (ours.vendorJobId === null) return { kind: 'release', reason: 'no vendor job was made' }
  if (theirs === undefined) return null
  if (isDraft(theirs, ours.draftStatus)) {
    return isUnstarted(ours, theirs, nowMs)
      ? { kind: 'release', reason: `vendor job ${theirs.id} shows as ${theirs.status}: it was not started` }
      : null
  }
  if (ours.start === 'none' || !hasEnded(theirs)) return null
  const { amountMillicredits, why } = chargeFor(ours, theirs)
  return {
    kind: 'settle',
    chargedMillicredits: amountMillicredits,
    reason: `vendor job ${theirs.id} ${theirs.status}: ${why}`,
  }
}

/** `created` is the vendor's word for "start not yet asked"; `pending` proves nothing once a start was sent. */
function isUnstarted({ start, startedAtMs }: OurPurchase, { state }: TheirJob, nowMs: number): boolean {
  if (start === 'none') return true
  return start === 'in-doubt' && state === 'created' && nowMs - (startedAtMs ?? nowMs) > LATEST_START_MS
}
