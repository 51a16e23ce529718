import { isRemovalFailure, RemovalFailure } from '../../domain/removal-failure.ts'
import { refusalDocument } from '../remove/refusal-document.ts'

/** What `--json` prints of a command that failed: the document of a removal that never was, else the failure alone. */
export function failureResult([command]: string[], error: unknown): unknown {
  const message = error instanceof Error ? error.message : String(error)
  const failure = isRemovalFailure(error) ? error : new RemovalFailure('Unexpected', message)
  return command === 'remove' ? refusalDocument(undefined, failure) : { failure: failure.toDocument() }
}
