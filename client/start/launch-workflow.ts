import { randomUUID } from 'node:crypto'
import type { WorkflowExecutionDescription } from '@temporalio/client'
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import { withoutLaterDefaults } from '../../domain/later-fields.ts'
import { TASK_QUEUES } from '../../domain/policies.ts'
import { workflowIdOf } from '../../domain/removal-id.ts'
import { REMOVE_BACKGROUND } from '../../workflows/messages.ts'
import type { removeBackground } from '../../workflows/remove-background.ts'
import { askTemporal } from '../ask-temporal.ts'
import { isTemporalAway, isUnknownAttribute } from '../failure-from-temporal.ts'
import { outlastOutage } from '../outlast-outage.ts'
import { describeRemoval } from '../status/describe-removal.ts'
import type { Surroundings } from '../surroundings.ts'
import { requireSameRequest } from './existing-removal.ts'
import type { ReadyRemoval } from './ready-removal.ts'
import { workflowLabels } from './workflow-labels.ts'

/** Memo entry that tells the call whose arguments a run got from the others that were led to it. */
const CALL_MEMO = 'call'
const STARTED_WITHIN_MS = 30_000

/**
 * Starts the workflow of a removal. Where somebody else was faster with the same id, what this call staged is
 * removed, and the other run is described, or refused when it was asked for something else.
 */
export async function launchWorkflow(
  around: Surroundings,
  ready: ReadyRemoval,
): Promise<{ description: WorkflowExecutionDescription; isOurs: boolean }> {
  const { client, outagePatienceMs } = around
  const { id, fingerprint, forWorkers } = ready
  const call = randomUUID()
  try {
    await askTemporal(client, () => start(around, ready, call), { withinMs: STARTED_WITHIN_MS })
  } catch (error) {
    // Where the outcome of a start is in doubt, the workflow may be there and need its input.
    if (!isTemporalAway(error)) await forWorkers.discard()
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
  }
  const description = await outlastOutage(() => describeRemoval(around, id), outagePatienceMs, undefined)
  const isOurs = description.memo?.[CALL_MEMO] === call
  if (!isOurs) {
    await forWorkers.discard()
    requireSameRequest(description, fingerprint)
  }
  return { description, isOurs }
}

async function start(around: Surroundings, ready: ReadyRemoval, call: string): Promise<void> {
  const labels = workflowLabels(ready)
  try {
    await startAs(around, ready, call, labels)
  } catch (error) {
    // A namespace that lacks one of them takes none; the workflow sets those that its worker knows to be there.
    if (!isUnknownAttribute(error)) throw error
    const { typedSearchAttributes: _attributes, ...others } = labels
    await startAs(around, ready, call, others)
  }
}

async function startAs(
  { client }: Surroundings,
  { id, request, forWorkers }: ReadyRemoval,
  call: string,
  { memo, ...labels }: Omit<ReturnType<typeof workflowLabels>, 'typedSearchAttributes'>,
): Promise<void> {
  await client.workflow.start<typeof removeBackground>(REMOVE_BACKGROUND, {
    workflowId: workflowIdOf(id),
    taskQueue: TASK_QUEUES.own,
    args: [withoutLaterDefaults({ ...request, source: forWorkers.source }), forWorkers.staged],
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
    memo: { ...memo, [CALL_MEMO]: call },
    ...labels,
  })
}
