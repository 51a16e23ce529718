/** The caller's own ids, kept with every log line about a removal. */
export interface Labels {
  project: string
  user: string | null
  reference: string | null
}

/** What every activity is told of the removal it works for. */
export interface RemovalInput {
  removalId: string
  labels: Labels
  /** The trace that its work belongs to; missing where nobody traces. */
  traceparent?: string
}
