import { isRefunded } from '../charge.ts'
import { creditsFromMillicredits } from '../pricing.ts'
import { LATEST_START_MS } from './closing-of.ts'
import type { Difference, DifferenceKind, OpenPurchase } from './difference.ts'
import type { OurPurchase } from './our-purchase.ts'
import { chargeFor } from './our-purchase.ts'
import type { TheirJob } from './their-job.ts'
import { hasEnded, isDraft } from './their-job.ts'

/** A job that was started this long ago will not end by itself: the longest usual processing is minutes. */
const LONGEST_RUN_MS = 24 * 3_600_000

/** What one purchase shows: nothing wrong, a difference, or a question that time or a person answers. */
export type Finding = { difference: Difference } | { open: OpenPurchase } | null

/**
 * Compares a purchase with what the vendor says about its job, asked by id. `theirs` is null where the vendor
 * denies the job, undefined where it was not asked; of a purchase that is held, that it could not be.
 */
export function comparePurchase(
  ours: OurPurchase,
  theirs: TheirJob | null | undefined,
  nowMs: number,
): Finding {
  if (!ours.isRemovalClosed) return ours.start === 'in-doubt' ? unanswered(ours) : null
  if (theirs === undefined) return ours.closing === null ? keyGone(ours) : null
  if (theirs === null) return ours.closing === 'release' ? null : denied(ours)
  const draft = isDraft(theirs, ours.draftStatus)
  if (ours.closing === 'settle') return draft ? unbilled(ours, theirs) : otherAmount(ours, theirs)
  if (ours.closing === 'release' || ours.start === 'none') return draft ? null : unrecorded(ours, theirs)
  return stillHeld(ours, theirs, { draft, ageMs: nowMs - (ours.startedAtMs ?? nowMs) })
}

/** An unfinished removal that no workflow works on any more: terminated, or lost. */
export function abandoned(ours: OurPurchase): Difference {
  return differenceOf('stuck-reservations', ours, {
    seen: `the record of the removal is open, and no workflow ${ours.workflowId} runs`,
    next: `Let it go on from what is recorded: \`temporal workflow reset --workflow-id ${ours.workflowId} --type FirstWorkflowTask --reason reconcile\`. Where Temporal has forgotten it: repeat the same request with --id ${ours.removalId}.`,
  })
}

function unanswered(ours: OurPurchase): Finding {
  return openFrom(ours, {
    seen: `a start was sent and is not established; the removal is unfinished`,
    next: `See \`matteflow status ${ours.removalId}\`; when it is parked for UnknownOutcome, answer with \`matteflow resume ${ours.removalId} --as started\` or \`matteflow resume ${ours.removalId} --as not-started\`.`,
  })
}

function keyGone(ours: OurPurchase): Finding {
  return difference('visibility-gap', ours, {
    seen: `credits are held for a job of the key ${ours.keyAlias}, which is not configured or is refused`,
    next: `Add ${ours.keyAlias}:<key> to REMOVEBGVIDEO_RETIRED_KEYS, restart the worker, then run \`matteflow reconcile\`.`,
  })
}

function denied(ours: OurPurchase): Finding {
  return difference('visibility-gap', ours, {
    seen: `the vendor does not know the job with the key ${ours.keyAlias}, which is recorded as its maker`,
    next: `Check that ${ours.keyAlias} is the key that made it; else ask the vendor's support about job ${ours.vendorJobId} with the request ids of \`matteflow status ${ours.removalId} --json\`.`,
  })
}

function unbilled(ours: OurPurchase, { status }: TheirJob): Finding {
  return difference('recorded-and-unbilled', ours, {
    theirs: 0,
    seen: `settled in the ledger, while the vendor shows the job as ${status}`,
    next: `Look at job ${ours.vendorJobId} in the vendor's dashboard: what was never started was not charged, and the settled amount is too high.`,
  })
}

function unrecorded(ours: OurPurchase, theirs: TheirJob): Finding {
  return difference('billed-and-unrecorded', ours, {
    theirs: creditsFromMillicredits(chargeFor(ours, theirs).amountMillicredits),
    seen: `the ledger says it was not started, the vendor shows the job as ${theirs.status}`,
    next: `Find out who started job ${theirs.id}: the exchanges under exchanges/${ours.removalId}/ show every call of ours; the vendor's support knows the others.`,
  })
}

function otherAmount(ours: OurPurchase, theirs: TheirJob): Finding {
  const { durationSeconds, billingStatus } = theirs
  if (!hasEnded(theirs)) return null
  const isAsRecorded = durationSeconds === null || durationSeconds === ours.durationSeconds
  if (isAsRecorded && !isRefunded(theirs)) return null
  const charge = chargeFor(ours, theirs).amountMillicredits
  if (charge === ours.spentMillicredits) return null
  return difference('amount-differs', ours, {
    theirs: creditsFromMillicredits(charge),
    seen: `settled for ${ours.durationSeconds === null ? 'the estimate' : `${ours.durationSeconds} s`}, the vendor says ${durationSeconds === null ? 'no length' : `${durationSeconds} s`}${billingStatus === null ? '' : `, billing status ${billingStatus}`}`,
    next: `Entries are never changed: note the difference, and compare the total with the vendor's bill: \`matteflow usage --project ${ours.project} --by day,model\`.`,
  })
}

function stillHeld(
  ours: OurPurchase,
  { id, status }: TheirJob,
  { draft, ageMs }: { draft: boolean; ageMs: number },
): Finding {
  if (draft && ours.start === 'started' && ageMs > LATEST_START_MS) {
    return difference('recorded-and-unbilled', ours, {
      theirs: 0,
      seen: `the vendor accepted the start, and still shows the job as ${status}`,
      next: `Ask the vendor's support whether job ${id} was started; the credits stay held until it ends.`,
    })
  }
  if (ageMs > LONGEST_RUN_MS) {
    return difference('stuck-reservations', ours, {
      seen: `started more than a day ago, the vendor shows the job as ${status}`,
      next: `Ask the vendor's support about job ${id}. Once it has ended, run \`matteflow reconcile\`.`,
    })
  }
  return openFrom(ours, {
    seen: `the removal is over, the vendor shows the job as ${status}`,
    next: 'Nothing to do yet: the next reconcile settles it when the job has ended.',
  })
}

type Words = Pick<Difference, 'seen' | 'next'> & { theirs?: number | null }

const difference = (kind: DifferenceKind, ours: OurPurchase, words: Words): Finding => ({
  difference: differenceOf(kind, ours, words),
})

function differenceOf(
  kind: DifferenceKind,
  { removalId, purchase, vendorJobId, keyAlias, ...ours }: OurPurchase,
  { theirs = null, seen, next }: Words,
): Difference {
  const millicredits = ours.closing === null ? ours.heldMillicredits : ours.spentMillicredits
  return {
    kind,
    removalId,
    purchase,
    vendorJobId,
    keyAlias,
    ours: creditsFromMillicredits(millicredits),
    theirs,
    seen,
    next,
  }
}

function openFrom(
  { removalId, purchase, vendorJobId, keyAlias, heldMillicredits }: OurPurchase,
  words: Pick<OpenPurchase, 'seen' | 'next'>,
): Finding {
  const held = creditsFromMillicredits(heldMillicredits)
  return { open: { removalId, purchase, vendorJobId, keyAlias, held, ...words } }
}
