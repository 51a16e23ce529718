import type { Client } from '@temporalio/client'
import { recordedIdOf, shownIdOf } from '../../domain/removal-id.ts'
import { REMOVE_BACKGROUND, searchAttributes } from '../../workflows/messages.ts'

export interface UnfinishedRemoval {
  id: string
  state: string
}

const UNFINISHED = `WorkflowType = '${REMOVE_BACKGROUND}' AND ExecutionStatus = 'Running'`
/** Enough to read; `list` shows all. */
const MOST = 1_000

/** The removals that go on when the stack starts again, newest first. */
export async function listUnfinished(client: Client): Promise<UnfinishedRemoval[]> {
  const found: UnfinishedRemoval[] = []
  for await (const run of client.workflow.list({ query: UNFINISHED, pageSize: 200 })) {
    found.push({
      id: shownIdOf(run.workflowId, recordedIdOf(run)),
      state: run.typedSearchAttributes.get(searchAttributes.state) ?? 'accepted',
    })
    if (found.length === MOST) break
  }
  return found
}

/** Whether anything at all runs, removals or workflows of the user's own. */
export async function hasUnfinished(client: Client): Promise<boolean> {
  return (await client.workflow.count(`ExecutionStatus = 'Running'`)).count > 0
}
