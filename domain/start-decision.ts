import { RemovalFailure } from './removal-failure.ts'
/** What the ledger holds about the start of one purchase; times are epoch milliseconds. */
export interface StartRecord {
  /** The vendor's word for the job before any start: `created` or `pending` (docs/architecture.md). */
  draftStatus: string | null
  /** When the intent was committed, before the first POST was sent. */
  intendedAt: number | null
  /** When a send ended without a definite answer; null after a crash in mid-send. */
  inDoubtAt: number | null
  /** When the intent of the one allowed repeat was committed, before it was sent. */
  repeatedAt: number | null
  /** When it was established that the vendor accepted the start. */
  startedAt: number | null
}

/**
 * Whether a job's status shows that it was started. `created` never does: in the vendor's words it is "known, start
 * not yet asked", also after a create reply that said `pending`. Source: docs/vendors/removebgvideo.md §11.
 */
export function hasMoved(status: string, draftStatus: string | null): boolean {
  return status !== draftStatus && status !== 'created'
}

/** What a status check of the job established. */
type StatusCheckResult = 'started' | 'check-again' | 'repeat' | 'unknown'

/**
 * Decides after one GET of a job whose start is in doubt. `status` is the vendor's word, null when it denies the job.
 * Within the doubt window nothing is concluded from a job that has not moved: a start may be executed after
 * its time-out, or be accepted and not yet visible. Source: docs/architecture.md
 */
export function afterStatusCheck(check: {
  start: StartRecord
  status: string | null
  now: number
  /** How long the process that checks has counted since the send, or since its own first check. */
  elapsedMs: number
  callTimeoutMs: number
  settleMarginMs: number
}): StatusCheckResult {
  const { start, status } = check
  if (status !== null && hasMoved(status, start.draftStatus)) return 'started'
  if (check.now < doubtEndsAt(start, check)) return 'check-again'
  // A time of day that jumped ahead, or a worker whose clock is wrong, must not end the window early.
  if (check.elapsedMs < check.callTimeoutMs + check.settleMarginMs) return 'check-again'
  // Only `created` says "start not yet asked" in the vendor's own words; `pending` may be a queued start.
  return status === 'created' && start.repeatedAt === null ? 'repeat' : 'unknown'
}

/** The end of the doubt window, epoch milliseconds. */
export function doubtEndsAt(
  start: StartRecord,
  { callTimeoutMs, settleMarginMs }: { callTimeoutMs: number; settleMarginMs: number },
): number {
  const sentAt = Math.max(start.intendedAt ?? 0, start.repeatedAt ?? 0)
  // A crash in mid-send leaves no end of the send, so its longest possible end is taken.
  const sendEndedAt =
    start.inDoubtAt !== null && start.inDoubtAt >= sentAt ? start.inDoubtAt : sentAt + callTimeoutMs
  return sendEndedAt + callTimeoutMs + settleMarginMs
}

/** A start of which it could not be established whether it happened. */
export interface OpenStart {
  removalId: string
  vendorJobId: string
  /** The alias of the key that made the job; null where the caller does not know it. */
  keyAlias: string | null
  requestId: string | null
  /** What was sent: `one start was sent`. */
  tried: string
  /** What is known of the job: `the job is still shown as pending`. */
  known: string
}

/** `UnknownOutcome`: what was tried, what is known, the question for a person, and what each answer does. */
export function unknownOutcome({
  removalId,
  vendorJobId,
  keyAlias,
  requestId,
  tried,
  known,
}: OpenStart): RemovalFailure {
  const maker = keyAlias === null ? '' : ` (made by the key ${keyAlias})`
  return new RemovalFailure(
    'UnknownOutcome',
    `start vendor job ${vendorJobId}: ${tried} without a clear answer, and ${known}`,
    {
      vendorJobId,
      requestId,
      hint: [
        `Was vendor job ${vendorJobId}${maker} started? Look at it in the vendor's dashboard.`,
        `Running, ended or billed: \`matteflow resume ${removalId} --as started\`; nothing is sent, its output is collected.`,
        `An untouched draft: \`matteflow resume ${removalId} --as not-started\`; the start is sent again.`,
        'Not sure: wait; the job is still checked, and the removal goes on by itself once it moves.',
      ].join(' '),
    },
  )
}
