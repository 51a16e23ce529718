/** Where a recorded run and the workflow code of a build part ways, and what to do about it. */
export interface Divergence {
  /** The event from which on they differ. */
  eventId: number
  /** Its type and subject, `ActivityTaskScheduled createVendorJob` for instance. */
  event: string
  /** The file of the workflow code that does something else there, from the root of the sources. */
  file: string
  /** One sentence: what to change. */
  advice: string
}

/** What a recorded history says to the workflow code of a build. */
export interface ReplayedHistory {
  /** The file's path, the workflow's id, or the place in the list for a history that is given itself. */
  name: string
  /** `unreadable`: it is no history of a workflow of this build, so that nothing is known. */
  outcome: 'replays' | 'diverges' | 'unreadable'
  /** Why a run with this history could not go on with this code; null when it could. */
  failure: string | null
  /** Null unless it diverges. */
  divergence: Divergence | null
}
