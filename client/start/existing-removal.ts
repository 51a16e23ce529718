import type { WorkflowExecutionDescription } from '@temporalio/client'
import { isRemovalFailure, RemovalFailure } from '../../domain/removal-failure.ts'
import { recordedIdOf } from '../../domain/removal-id.ts'
import type { RemovalMemo } from '../../domain/removal-memo.ts'
import { askTemporal } from '../ask-temporal.ts'
import { isUnknownAttribute } from '../errors.ts'
import { findDescription } from '../status/describe-removal.ts'
import { visibilityQuery } from '../status/visibility-query.ts'
import type { Surroundings } from '../surroundings.ts'

/** Whether a start was refused since its id belongs to another request. */
export function isIdInUse(error: unknown): boolean {
  return isRemovalFailure(error) && error.facts.isIdInUse === true
}

/**
 * The removal under this id, running or ended; `InvalidRequest` when it was asked for something else. Of one that Temporal
 * has forgotten only the records know what that was: where they do not answer, its admission decides.
 */
export async function findById(
  around: Surroundings,
  id: string,
  fingerprint: string,
  signal: AbortSignal | undefined,
): Promise<WorkflowExecutionDescription | undefined> {
  const description = await findDescription(around, id, signal)
  if (description !== undefined) requireSameRequest(description, fingerprint)
  else {
    const recorded = await around.records?.fingerprint?.(id).catch(() => undefined)
    if (recorded !== undefined && recorded !== fingerprint) throw idInUse(id)
  }
  return description
}

const NOTHING = { done: true } as const

/** An unfinished removal of the same request in the same project. */
export async function findUnfinished(
  around: Surroundings,
  { project, fingerprint }: { project: string; fingerprint: string },
  signal: AbortSignal | undefined,
): Promise<WorkflowExecutionDescription | undefined> {
  const query = visibilityQuery({ project, fingerprint, isRunning: true })
  const found = around.client.workflow.list({ query })[Symbol.asyncIterator]()
  for (;;) {
    // A namespace without these attributes finds nothing: then the ledger decides at admission.
    const next = await askTemporal(around.client, () => found.next(), { signal }).catch((error: unknown) => {
      if (isUnknownAttribute(error)) return NOTHING
      throw error
    })
    if (next.done) return undefined
    // Visibility lags behind, so the workflow itself is asked.
    const description = await findDescription(around, recordedIdOf(next.value), signal)
    if (description?.status.name === 'RUNNING' && fingerprintIn(description) === fingerprint)
      return description
  }
}

/** Both reuse and conflict policy ignore what a start was called with, so every existing run is compared. */
export function requireSameRequest(description: WorkflowExecutionDescription, fingerprint: string): void {
  if (fingerprintIn(description) === fingerprint) return
  throw idInUse(recordedIdOf(description))
}

function idInUse(id: string): RemovalFailure {
  return new RemovalFailure('InvalidRequest', `id: ${id} is in use by another request`, {
    hint: 'Choose another id, or repeat the request exactly as it was made.',
    isIdInUse: true,
  })
}

function fingerprintIn({ memo }: WorkflowExecutionDescription): unknown {
  return (memo as Partial<RemovalMemo> | undefined)?.fingerprint
}
