import type { Client } from '@temporalio/client'
import { defaultPayloadConverter } from '@temporalio/common'
import type { FailureKind } from '../../../domain/failures.ts'
import type { FailureDocument } from '../../../domain/removal-document.ts'
import { workflowIdOf } from '../../../domain/removal-id.ts'
import { PARKED_MEMO } from '../../../workflows/messages.ts'

/** What a removal was parked for, in order: its history tells also what lasted too short to be seen. */
export async function parkedKinds(client: Client, removalId: string): Promise<FailureKind[]> {
  const { events } = await client.workflow.getHandle(workflowIdOf(removalId)).fetchHistory()
  return (events ?? []).flatMap(({ workflowPropertiesModifiedEventAttributes: modified }) => {
    const payload = modified?.upsertedMemo?.fields?.[PARKED_MEMO]
    if (!payload) return []
    const failure = defaultPayloadConverter.fromPayload<FailureDocument | null | undefined>(payload)
    return failure ? [failure.kind] : []
  })
}
