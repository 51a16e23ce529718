import type { RemovalDocument } from '../../domain/removal-document.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'

const documents = new WeakMap<object, RemovalDocument>()

/** The document of the removal that a failure ended or parked; undefined for failures without a removal. */
export function documentOf(failure: unknown): RemovalDocument | undefined {
  return typeof failure === 'object' && failure !== null ? documents.get(failure) : undefined
}

/** The failure that a document of a failed, cancelled or parked removal holds. */
export function failureFromDocument(document: RemovalDocument): RemovalFailure {
  const failure =
    document.failure === null
      ? new RemovalFailure('Unexpected', `removal ${document.id} is ${document.state} and does not say why`)
      : RemovalFailure.fromDocument(document.failure)
  documents.set(failure, document)
  return failure
}
