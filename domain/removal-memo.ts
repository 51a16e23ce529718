import type { RemovalDocument } from './removal-document.ts'

/** What a removal's workflow shows of its request from the start; `traceparent` where the caller gave one. */
export interface RemovalMemo {
  fingerprint: string
  source: string
  requested: NonNullable<RemovalDocument['requested']>
  input: { bytes: number | null; sha256: string | null }
  project: string
  user: string | null
  reference: string | null
  /** The caller's trace, where the caller gave one. */
  traceparent?: string
}
