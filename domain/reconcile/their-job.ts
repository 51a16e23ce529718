/** A vendor job as the vendor shows it, and the key that was used to ask for it. */
export interface TheirJob {
  id: string
  keyAlias: string
  /** The vendor's word, verbatim. */
  status: string
  state: 'created' | 'pending' | 'processing' | 'completed' | 'failed' | 'unknown'
  durationSeconds: number | null
  /** Verbatim; its values are undocumented, so that nothing is concluded from it (docs/vendors/removebgvideo.md §9). */
  billingStatus: string | null
  error: string | null
  /** Epoch milliseconds; null where the vendor's text is no time. */
  createdAtMs: number | null
}

/** Whether nothing more will happen to a job. */
export function hasEnded({ state }: Pick<TheirJob, 'state'>): boolean {
  return state === 'completed' || state === 'failed'
}

/**
 * Whether a job was never started, as far as its status tells: `pending` says so only of a job that showed it
 * before any start, for it may be a queued one (docs/vendors/removebgvideo.md §11).
 */
export function isDraft({ state }: Pick<TheirJob, 'state'>, draftStatus: string | null): boolean {
  return state === 'created' || (state === 'pending' && draftStatus === 'pending')
}
