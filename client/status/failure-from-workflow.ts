import { ApplicationFailure } from '@temporalio/client'
import { isFailureKind } from '../../domain/failures.ts'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { isFinal } from '../../domain/removal-document.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'

/**
 * What a removal's workflow ended with, from the cause of Temporal's `WorkflowFailedError`: the whole document
 * where the workflow gave one, else the failure's kind and message. Undefined for causes that tell nothing
 * beyond the workflow's status (cancelled, terminated, timed out).
 */
export function endFromWorkflowFailure(
  cause: unknown,
): { document: RemovalDocument } | { failure: RemovalFailure } | undefined {
  if (!(cause instanceof ApplicationFailure)) return undefined
  const document = cause.details?.[0]
  if (isRemovalDocument(document)) return { document }
  const kind = isFailureKind(cause.type) ? cause.type : 'Unexpected'
  return { failure: new RemovalFailure(kind, cause.message, { cause }) }
}

function isRemovalDocument(value: unknown): value is RemovalDocument {
  if (typeof value !== 'object' || value === null) return false
  const { id, state } = value as Partial<RemovalDocument>
  return typeof id === 'string' && state !== undefined && isFinal(state)
}
