import { randomUUID } from 'node:crypto'
import type { WorkflowExecutionDescription } from '@temporalio/client'
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import { TypedSearchAttributes } from '@temporalio/common'
import { withoutLaterDefaults } from '../../domain/fingerprint.ts'
import { TASK_QUEUES } from '../../domain/policies.ts'
import { workflowIdOf } from '../../domain/removal-id.ts'
import type { RemovalMemo } from '../../domain/removal-memo.ts'
import { removalMemo } from '../../domain/removal-memo.ts'
import type { RemovalRequest } from '../../domain/removal-request.schema.ts'
import { REMOVE_BACKGROUND, searchAttributes } from '../../workflows/messages.ts'
import type { removeBackground } from '../../workflows/remove-background.ts'
import { askTemporal, outlastOutage } from '../ask-temporal.ts'
import { isTemporalAway, isUnknownAttribute } from '../errors.ts'
import { describeRemoval } from '../status/describe-removal.ts'
import type { Surroundings } from '../surroundings.ts'
import { requireSameRequest } from './existing-removal.ts'
import type { IdentifiedInput } from './identify-input.ts'
import type { InputForWorkers } from './stage-input.ts'

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

/** Temporal refuses summaries of more than 400 bytes. */
const MOST_OF_A_NAME = 80

/** What a removal's workflow shows of itself from its first moment: to `status`, to lists and to the Temporal UI. */
function workflowLabels({ id, request, input, fingerprint, traceparent }: Omit<ReadyRemoval, 'forWorkers'>) {
  const { model, outputFormat, project, user, reference } = request
  const memo: RemovalMemo = {
    ...removalMemo(request, {
      fingerprint,
      source: input.name,
      input: {
        bytes: input.kind === 'url' ? null : input.sizeBytes,
        sha256: input.kind === 'file' || input.kind === 'given' ? input.sha256 : null,
      },
    }),
    ...(traceparent !== null && { traceparent }),
  }
  return {
    memo,
    typedSearchAttributes: new TypedSearchAttributes([
      { key: searchAttributes.state, value: 'accepted' },
      { key: searchAttributes.project, value: project },
      { key: searchAttributes.model, value: model },
      { key: searchAttributes.format, value: outputFormat },
      { key: searchAttributes.fingerprint, value: fingerprint },
    ]),
    staticSummary: summaryOf(input.name, request),
    staticDetails: [
      `removal ${id}`,
      `input: ${input.name}`,
      `project: ${project}`,
      `background: ${backgroundInWords(request)}`,
      ...(user === null ? [] : [`user: ${user}`]),
      ...(reference === null ? [] : [`reference: ${reference}`]),
    ].join('\n\n'),
  }
}

/** `clip.mp4 → webm, human, acme` */
function summaryOf(name: string, request: ReadyRemoval['request']): string {
  const { model, outputFormat, background, project } = request
  const on = background.type === 'transparent' ? [] : [backgroundInWords(request)]
  const file = name.split('/').at(-1)?.slice(-MOST_OF_A_NAME)
  return `${file} → ${[outputFormat, model, project.slice(0, MOST_OF_A_NAME), ...on].join(', ')}`
}

function backgroundInWords({ background }: ReadyRemoval['request']): string {
  switch (background.type) {
    case 'transparent':
      return 'transparent'
    case 'color':
      return `on ${background.color}`
    case 'image':
      return 'on an image'
  }
}

/** A removal that is ready to be started. */
interface ReadyRemoval {
  id: string
  request: RemovalRequest
  input: IdentifiedInput
  fingerprint: string
  forWorkers: InputForWorkers
  /** The caller's trace, well-formed. */
  traceparent: string | null
}
