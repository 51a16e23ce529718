import { randomUUID } from 'node:crypto'
import { workflowIdOf } from '../../../domain/removal-id.ts'
import type { Plant } from '../plant/plant.ts'
import type { Case } from './case.ts'

/** Where a workflow is reset to, and begins again from. */
export const RESET_POINTS = ['to its first task', 'to before its start'] as const
export type ResetPoint = (typeof RESET_POINTS)[number]

/** What `temporal workflow reset` does: ends the run if it is open, and starts another from that point of its history. */
export async function resetWorkflow(
  { client }: Plant,
  { id }: Case,
  point: ResetPoint,
): Promise<{ runId: string }> {
  const workflowId = workflowIdOf(id)
  const handle = client.workflow.getHandle(workflowId)
  const [{ runId }, { events }] = await Promise.all([handle.describe(), handle.fetchHistory()])
  const decidedAt = (events ?? []).flatMap(({ eventId, ...event }) => {
    if (point === 'to its first task') return event.workflowTaskCompletedEventAttributes ? [eventId] : []
    const { activityType, workflowTaskCompletedEventId } = event.activityTaskScheduledEventAttributes ?? {}
    return activityType?.name === 'startVendorJob' ? [workflowTaskCompletedEventId] : []
  })
  const [workflowTaskFinishEventId] = decidedAt
  if (!workflowTaskFinishEventId) throw new Error(`removal ${id} cannot be reset ${point}`)
  const answer = await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId, runId },
    workflowTaskFinishEventId,
    requestId: randomUUID(),
    reason: 'crash matrix',
  })
  return { runId: answer.runId }
}
