import { blankDocument } from '../../domain/blank-document.ts'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import type { RemovalFailure } from '../../domain/removal-failure.ts'

/** The document of a removal that was refused before it was accepted: its failure, and null for the rest. */
export function refusalDocument(
  id: string | undefined,
  failure: RemovalFailure,
): Record<keyof RemovalDocument, unknown> {
  const { id: _id, failure: document, ...rest } = blankDocument({ id: '', failure: failure.toDocument() })
  return { id: id ?? null, ...rest, project: null, credits: null, failure: document }
}
