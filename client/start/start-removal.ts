import type { WorkflowExecutionDescription } from '@temporalio/client'
import { fingerprintOf } from '../../domain/fingerprint.ts'
import { parseRemovalRequest } from '../../domain/parse-request.schema.ts'
import type { RemovalFailure } from '../../domain/removal-failure.ts'
import { isRemovalFailure } from '../../domain/removal-failure.ts'
import { newRemovalId, recordedIdOf } from '../../domain/removal-id.ts'
import type { RemovalRequestInput } from '../../domain/removal-request.schema.ts'
import { traceParentFrom } from '../../domain/trace-parent.ts'
import { isTemporalAway } from '../errors.ts'
import type { StartedRemoval, StartOptions } from '../removals.ts'
import { statusFromDescription } from '../status/removal-status.ts'
import type { Surroundings } from '../surroundings.ts'
import { findById, findUnfinished } from './existing-removal.ts'
import { identifyInput, identityOf } from './identify-input.ts'
import { launchWorkflow } from './launch-workflow.ts'
import { stageBackground, stageInput } from './stage-input.ts'

/** Validates, stages and starts a removal, or leads to the one that is there already. */
export async function startRemoval(
  around: Surroundings,
  asked: RemovalRequestInput,
  { isNew = false, onId, onJoined, onProgress, signal, traceparent, input: given }: StartOptions = {},
): Promise<StartedRemoval> {
  const request = parseRemovalRequest(asked)
  const input = await identifyInput(request.source, around, signal, given)
  const fingerprint = await fingerprintOf(request, identityOf(input))

  const joinedAs = async (description: WorkflowExecutionDescription): Promise<StartedRemoval> => {
    const document = await statusFromDescription(around, description, signal)
    onJoined?.(document.id)
    return { id: document.id, joined: true, document }
  }
  const existing =
    request.id !== null
      ? await findById(around, request.id, fingerprint, signal)
      : isNew
        ? undefined
        : await findUnfinished(around, { project: request.project, fingerprint }, signal)
  if (existing !== undefined) {
    onId?.(recordedIdOf(existing))
    return joinedAs(existing)
  }

  const id = request.id ?? given?.stagedFor ?? newRemovalId()
  onId?.(id)
  const forWorkers = await stageInput(input, around.storage, {
    id,
    fingerprint,
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
  })
  const background = await stageBackground(request, around.storage, id).catch(async (error: unknown) => {
    await forWorkers.discard()
    throw error
  })
  const discard = async (): Promise<void> =>
    void (await Promise.all([forWorkers.discard(), background.discard()]))
  const isJoinable = request.id === null && !isNew
  const staged = isJoinable ? { ...forWorkers.staged, joinable: true as const } : forWorkers.staged
  try {
    const { description, isOurs } = await launchWorkflow(around, {
      id,
      request: background.request,
      input,
      fingerprint,
      forWorkers: { ...forWorkers, staged, discard },
      traceparent: traceParentFrom(traceparent) === null ? null : (traceparent ?? null),
    })
    if (!isOurs) return await joinedAs(description)
    // A caller who gives up now has started a removal, and must be told so.
    return { id, joined: false, document: await statusFromDescription(around, description) }
  } catch (error) {
    throw isTemporalAway(error) ? perhapsAccepted(error as RemovalFailure, id, request.id !== null) : error
  }
}

/** Temporal went away while it was told of a removal: it may have it, and buy. */
/** Whether a start that failed may have been accepted all the same: its id stands in the failure, and its input is needed. */
export function isPerhapsAccepted(error: unknown): boolean {
  return isRemovalFailure(error) && error.kind === 'PlatformUnavailable' && error.removalId !== null
}

function perhapsAccepted(failure: RemovalFailure, id: string, isIdGiven: boolean): RemovalFailure {
  const hint = `${failure.toDocument().hint} The removal may have been accepted all the same: \`matteflow status ${id}\` tells. Repeated with the id ${id}, the same request buys nothing twice.`
  return failure.about({ removalId: id }, { retryable: isIdGiven, hint })
}
