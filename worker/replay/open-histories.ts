import type { Client } from '@temporalio/client'
import proto from '@temporalio/proto'
import { MATTEFLOW_READY, MATTEFLOW_WORKFLOWS } from '../../workflows/messages.ts'
import type { ReplayTask } from './replay-in-processes.ts'

/** A run of a workflow. */
export interface RunId {
  workflowId: string
  runId: string
}

/** Finds everything of ours that is unfinished, but the check that asks. */
export const OPEN_WORKFLOWS = `WorkflowType IN (${MATTEFLOW_WORKFLOWS.filter(
  (type) => type !== MATTEFLOW_READY,
)
  .map((type) => `'${type}'`)
  .join(', ')}) AND ExecutionStatus = 'Running'`

/** The history of each run, one after another, as whoever replays it takes it. */
export async function* historiesOf(
  client: Client,
  runs: AsyncIterable<RunId> | Iterable<RunId>,
): AsyncGenerator<ReplayTask, void, undefined> {
  for await (const { workflowId, runId } of runs) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory()
    yield { name: workflowId, encoded: proto.temporal.api.history.v1.History.encode(history).finish() }
  }
}
