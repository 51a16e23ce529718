/**
 * Every change of the workflow that running removals must not see: a history recorded before it answers false where
 * `patched` asks. All came with 0.2.0. Each names the release that may remove it, once no removal that was started by
 * a release before can be left.
 */
export const PATCHES = {
  /** Until 0.4.0. Parks and their ends are written into the ledger. */
  parksAreRecorded: 'parks-are-recorded',
  /** Until 0.4.0. A step that Temporal ends early, since its next try would come after the deadline, met the deadline. */
  earlyEndIsDeadline: 'early-end-is-deadline',
  /** Until 0.4.0. A resume that the project's budget has no credits for leaves the removal parked. */
  budgetKeepsParked: 'budget-keeps-parked',
  /** Until 0.4.0. A bug of ours parks a removal of which an earlier purchase was bought, also before its next start. */
  boughtBeforeParks: 'bought-before-parks',
  /** Until 0.4.0. A fallback follows only what is proven wrong, and at most as often as the request allows. */
  fallbackIsBounded: 'fallback-is-bounded',
  /** Until 0.4.0. A removal that was started without search attributes sets none before a worker says which there are. */
  unlabelledIsCareful: 'unlabelled-is-careful',
  /** Until 0.4.0. A rate limit that outlasts its budget while a start is in doubt parks as that, and goes on by itself. */
  rateLimitIsNoDoubt: 'rate-limit-is-no-doubt',
} as const
