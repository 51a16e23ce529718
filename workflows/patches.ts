/** A change of the workflow that running removals must not see. */
interface Patch {
  /** Stored in histories: never used for another change. */
  id: string
  /** The release that brought it. */
  since: string
  /** The release that may remove it, once no removal that was started by a release before `since` can be left. */
  until: string
}

/**
 * Every change of the workflow that a history recorded before it answers false for, where `patched` asks.
 * `test/frame/patches.test.ts` fails on one that has outlived its release, or that nothing asks for any more.
 */
export const PATCHES = {
  /** Parks and their ends are written into the ledger. */
  parksAreRecorded: { id: 'parks-are-recorded', since: '0.2.0', until: '0.4.0' },
  /** A step that Temporal ends early, since its next try would come after the deadline, met the deadline. */
  earlyEndIsDeadline: { id: 'early-end-is-deadline', since: '0.2.0', until: '0.4.0' },
  /** A resume that the project's budget has no credits for leaves the removal parked. */
  budgetKeepsParked: { id: 'budget-keeps-parked', since: '0.2.0', until: '0.4.0' },
  /** A bug of ours parks a removal of which an earlier purchase was bought, also before its next start. */
  boughtBeforeParks: { id: 'bought-before-parks', since: '0.2.0', until: '0.4.0' },
  /** A fallback follows only what is proven wrong, and at most as often as the request allows. */
  fallbackIsBounded: { id: 'fallback-is-bounded', since: '0.2.0', until: '0.4.0' },
  /** A removal that was started without search attributes sets none before a worker says which there are. */
  unlabelledIsCareful: { id: 'unlabelled-is-careful', since: '0.2.0', until: '0.4.0' },
  /** A rate limit that outlasts its budget while a start is in doubt parks as that, and goes on by itself. */
  rateLimitIsNoDoubt: { id: 'rate-limit-is-no-doubt', since: '0.2.0', until: '0.4.0' },
  /** A removal that waits begins a new run where it is asked to. An earlier build has heard the signal and done nothing. */
  renewsWhereAsked: { id: 'renews-where-asked', since: '0.2.0', until: '0.4.0' },
  /** A callback that comes long after the last one is followed by its check without a timer in between. */
  dueCallbackIsTakenAtOnce: { id: 'due-callback-is-taken-at-once', since: '0.2.0', until: '0.4.0' },
  /** A removal that buys something else than was requested shows in its memo what each of its jobs was made for. */
  purchasesAreShown: { id: 'purchases-are-shown', since: '0.2.0', until: '0.4.0' },
  /** A removal that was never admitted shows how it ends, and that it is parked, by its search attributes. */
  refusalsAreShown: { id: 'refusals-are-shown', since: '0.2.0', until: '0.4.0' },
  /** The id of a workflow with a name of its own ends with a digest where the name had to be changed. */
  idsAreDistinct: { id: 'ids-are-distinct', since: '0.2.0', until: '0.4.0' },
} as const satisfies Record<string, Patch>
