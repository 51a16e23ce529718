import { ApplicationFailure } from '@temporalio/client'
import { decodeFailure } from '../../domain/failure-codec.ts'
import type { RemovalFailure } from '../../domain/removal-failure.ts'

/**
 * What a removal's workflow ended with, from the cause of Temporal's `WorkflowFailedError`, with the removal's whole
 * document where the workflow gave one. Undefined for causes that tell nothing beyond the workflow's status
 * (cancelled, terminated, timed out).
 */
export function failureFromWorkflow(cause: unknown): RemovalFailure | undefined {
  return cause instanceof ApplicationFailure ? (decodeFailure(cause) ?? undefined) : undefined
}
