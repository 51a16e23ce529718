/** What the books hold about the start of one purchase; times are epoch milliseconds. */
export interface StartMarks {
  /** The vendor's word for the job before any start: `created` or `pending` (docs/architecture.md). */
  draftStatus: string | null
  /** Committed before the first POST was sent. */
  intendedAt: number | null
  /** When a send ended without a clear answer; null after a crash in mid-send. */
  unclearAt: number | null
  /** Committed before the one allowed repeat was sent. */
  repeatedAt: number | null
  /** Established: the vendor accepted the start. */
  startedAt: number | null
}

/** What to do next about a start. */
export type StartStep = 'send' | 'look' | 'done'

/** Before any call: the POST goes out without looking first only if no mark says that one may have gone before. */
export function firstStep(marks: StartMarks): StartStep {
  if (marks.startedAt !== null) return 'done'
  return marks.intendedAt === null ? 'send' : 'look'
}

/**
 * Whether a job's status shows that it was started. `created` never does: in the vendor's words it is "known, start
 * not yet asked", also after a create reply that said `pending`. Source: docs/vendors/removebgvideo.md §11.
 */
export function hasMoved(status: string, draftStatus: string | null): boolean {
  return status !== draftStatus && status !== 'created'
}

/** What a look at the job established. */
export type LookResult = 'started' | 'look-again' | 'repeat' | 'unknown'

/**
 * After one GET of a job whose start is unclear. `status` is the vendor's word, null when it denies the job.
 * Within the settle window nothing is concluded from a job that has not moved: a start may be executed after
 * its time-out, or be accepted and not yet visible. Source: docs/architecture.md
 */
export function afterLook(look: {
  marks: StartMarks
  status: string | null
  now: number
  /** How long whoever looks has watched the job since the send, or since its own first look. */
  watchedMs: number
  callTimeoutMs: number
  settleMarginMs: number
}): LookResult {
  const { marks, status } = look
  if (status !== null && hasMoved(status, marks.draftStatus)) return 'started'
  if (look.now < settledAt(look.marks, look)) return 'look-again'
  // A time of day that jumped ahead, or a worker whose clock is wrong, must not end the window early.
  if (look.watchedMs < look.callTimeoutMs + look.settleMarginMs) return 'look-again'
  // Only `created` says "start not yet asked" in the vendor's own words; `pending` may be a queued start.
  return status === 'created' && marks.repeatedAt === null ? 'repeat' : 'unknown'
}

/** The end of the settle window, epoch milliseconds. */
export function settledAt(
  marks: StartMarks,
  { callTimeoutMs, settleMarginMs }: { callTimeoutMs: number; settleMarginMs: number },
): number {
  const sentAt = Math.max(marks.intendedAt ?? 0, marks.repeatedAt ?? 0)
  // A crash in mid-send leaves no end of the send, so its longest possible end is taken.
  const sendEndedAt =
    marks.unclearAt !== null && marks.unclearAt >= sentAt ? marks.unclearAt : sentAt + callTimeoutMs
  return sendEndedAt + callTimeoutMs + settleMarginMs
}
