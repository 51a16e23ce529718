/** A circuit breaker that does not let every call through. */
export interface TrippedBreaker {
  operation: string
  state: 'half-open' | 'open'
  /** ISO time of its last change. */
  since: string
}

/** What a worker process says of itself, again and again. */
export interface WorkerRecord {
  /** Of this process alone: process ids come again. */
  id: string
  namespace: string
  /** As it calls itself at Temporal: `pid@host`. */
  identity: string
  version: string
  build: string
  breakers: TrippedBreaker[]
  /** Vendor calls of its last minute, and how many of them failed. */
  calls: number
  failedCalls: number
}

/** A worker says so often that it lives. */
export const BEAT_MS = 8_000
/** One that has been silent for so long, three beats, is frozen or dead: it is named within 30 seconds. */
export const SILENT_MS = 24_000
