import type { Client } from '@temporalio/client'
import type { History } from '@temporalio/common/lib/proto-utils.js'
import proto from '@temporalio/proto'
import { decodeHistory } from '../../adapters/encryption/plain-history.ts'
import { isRemovalFailure } from '../../domain/removal-failure.ts'
import { MATTEFLOW_READY, MATTEFLOW_WORKFLOWS } from '../../workflows/messages.ts'
import type { ReplayTask } from './replay-in-processes.ts'

const { History: HistoryMessage } = proto.temporal.api.history.v1

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

/** The history of each run, one after another and in clear, as whoever replays it takes it. */
export async function* historiesOf(
  client: Client,
  runs: AsyncIterable<RunId> | Iterable<RunId>,
): AsyncGenerator<ReplayTask, void, undefined> {
  for await (const { workflowId, runId } of runs) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory()
    yield { name: workflowId, encoded: HistoryMessage.encode(await decoded(history, client)).finish() }
  }
}

/** What this process cannot decode stays as it is, and is told of by whoever replays it. */
async function decoded(history: History, { options }: Client): Promise<History> {
  try {
    return await decodeHistory(history, options.loadedDataConverter.payloadCodecs)
  } catch (error) {
    if (isRemovalFailure(error)) return history
    throw error
  }
}
