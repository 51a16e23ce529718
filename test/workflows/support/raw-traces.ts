import { keyIdOf } from '../../../adapters/encryption/payload-codec.ts'
import { payloadsIn } from '../../../adapters/encryption/payloads-in.ts'
import { workflowIdOf } from '../../../domain/removal-id.ts'
import type { RemovalEnvironment } from '../../../testing/removal-environment.ts'

/** What stands in Temporal of a removal, as whoever may read its namespace sees it. */
export async function rawTraces(
  { temporal }: RemovalEnvironment,
  id: string,
): Promise<{ text: string; keyIds: Set<string | null> }> {
  const { workflowService } = temporal.client
  const execution = { workflowId: workflowIdOf(id) }
  const namespace = temporal.namespace ?? 'default'
  const [history, description] = await Promise.all([
    temporal.client.workflow.getHandle(execution.workflowId).fetchHistory(),
    workflowService.describeWorkflowExecution({ namespace, execution }),
  ])
  const messages = [history, description]
  const text = JSON.stringify(messages, (name, value: unknown) =>
    name === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString('latin1') : value,
  )
  return { text, keyIds: new Set([...payloadsIn(messages)].map(({ payload }) => keyIdOf(payload))) }
}
