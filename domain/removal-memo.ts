import type { RemovalDocument } from './removal-document.ts'
import type { RemovalRequest } from './removal-request.schema.ts'
import { shownBackground } from './request-values.ts'

/** What a removal's workflow shows of its request from the start; `traceparent` where the caller gave one. */
export interface RemovalMemo {
  fingerprint: string
  source: string
  requested: NonNullable<RemovalDocument['requested']>
  input: { bytes: number | null; sha256: string | null }
  project: string
  user: string | null
  reference: string | null
  /** The removal's id, of a workflow that another service has named in its own way. */
  removalId?: string
  /** The caller's trace, where the caller gave one. */
  traceparent?: string
}

/** The memo of a request; what it is about has been looked at before. */
export function removalMemo(
  { model, outputFormat, background, project, user, reference }: RemovalRequest,
  { fingerprint, source, input }: Pick<RemovalMemo, 'fingerprint' | 'source' | 'input'>,
): RemovalMemo {
  const requested = { model, outputFormat, background: shownBackground(background) }
  return { fingerprint, source, requested, input, project, user, reference }
}
