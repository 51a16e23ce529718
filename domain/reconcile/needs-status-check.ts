import type { OurPurchase } from './our-purchase.ts'
import type { TheirJob } from './their-job.ts'
import { hasEnded, isDraft } from './their-job.ts'

/**
 * Whether a purchase is to be confirmed by a GET of its job. The list may skip, repeat or leave out, so that it
 * serves to pass over what agrees, and nothing is concluded from a row (docs/vendors/removebgvideo.md §19.21).
 */
export function needsStatusCheck(ours: OurPurchase, listed: TheirJob | undefined): boolean {
  if (ours.vendorJobId === null || !ours.isRemovalClosed) return false
  if (ours.closing === null) return true
  if (ours.closing === 'release') return listed !== undefined && !isDraft(listed, ours.draftStatus)
  return listed === undefined || !hasEnded(listed) || isOtherLength(ours, listed)
}

function isOtherLength(ours: OurPurchase, { durationSeconds }: TheirJob): boolean {
  return durationSeconds !== null && durationSeconds !== ours.durationSeconds
}
