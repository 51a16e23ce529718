import type { RemovalDocument } from '../../domain/removal-document.ts'
import { isRemovalFailure, RemovalFailure } from '../../domain/removal-failure.ts'

/** The document of the removal that a failure ended or parked; undefined for failures without a removal. */
export function documentOf(failure: unknown): RemovalDocument | undefined {
  return (isRemovalFailure(failure) ? failure.document : null) ?? undefined
}

/** The failure that a document of a failed, cancelled or parked removal holds. */
export function failureFromDocument(document: RemovalDocument): RemovalFailure {
  const { id, state, failure } = document
  if (failure !== null) return RemovalFailure.fromDocument(failure, document)
  return new RemovalFailure('Unexpected', `removal ${id} is ${state} and does not say why`, { document })
}
