import type { Charge } from '../charge.ts'
import { chargeOf } from '../charge.ts'
import type { Model, OutputFormat } from '../request-values.ts'
import type { TheirJob } from './their-job.ts'
import { hasEnded, isDraft } from './their-job.ts'

/** A purchase as the ledger records it; times are epoch milliseconds. */
export interface OurPurchase {
  removalId: string
  purchase: number
  workflowId: string
  project: string
  model: Model
  outputFormat: OutputFormat
  /** Whether the removal has its final document: an unfinished one may still settle by itself. */
  isRemovalClosed: boolean
  /** These are null where no draft was made. */
  vendorJobId: string | null
  keyAlias: string | null
  draftStatus: string | null
  finalStatus: string | null
  /** `in-doubt`: a start was sent, or may have been, and its outcome was never established. */
  start: 'none' | 'in-doubt' | 'started'
  /** When the start was established, else sent; null where none was. */
  startedAtMs: number | null
  reservedAtMs: number | null
  estimatedMillicredits: number | null
  creditsPerMinute: number | null
  /** The length that the charge was made with; null where that was the estimate. */
  durationSeconds: number | null
  heldMillicredits: number
  spentMillicredits: number
  /** How the reservation ended; null while it is held. */
  closing: 'settle' | 'release' | null
}

/** What a purchase costs by what the vendor says of its job, at the price it was made with. */
export function chargeFor(
  { model, creditsPerMinute, estimatedMillicredits }: OurPurchase,
  { status, durationSeconds, billingStatus }: TheirJob,
): Charge {
  return chargeOf({
    ...{ model, creditsPerMinute, estimatedMillicredits },
    ...{ status, durationSeconds, billingStatus },
  })
}

/** When a purchase counts as made: at its start, else when its credits were held. */
export function madeAtMs({ startedAtMs, reservedAtMs }: OurPurchase): number {
  return startedAtMs ?? reservedAtMs ?? 0
}

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
