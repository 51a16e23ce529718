import { readFile } from 'node:fs/promises'
import type { History } from '@temporalio/common/lib/proto-utils.js'
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js'
import { Worker } from '@temporalio/worker'
import { RemovalFailure } from '../domain/removal-failure.ts'
import { workflowIdOf } from '../domain/removal-id.ts'
import { workflowBundlePath } from '../worker/workflow-bundle.ts'

/** What a recorded history says to the workflow code of this build. */
export interface ReplayedHistory {
  /** The file's path, or the place in the list for a history that is given itself. */
  name: string
  /** Why a run with this history could not go on with this code; null when it could. */
  failure: string | null
}

/**
 * Replays recorded histories against the workflow code of this build, or that of another bundle. Paths name JSON
 * files as `temporal workflow show --output json` and the UI's download write them. No server is needed. Throws
 * `InvalidRequest` for what is no history.
 */
export async function replayHistories(
  histories: readonly (string | History)[],
  { bundlePath }: { bundlePath?: string } = {},
): Promise<ReplayedHistory[]> {
  const named = await Promise.all(
    histories.map(async (history, index) => ({
      name: typeof history === 'string' ? history : `history ${index + 1}`,
      // The results come in no order and name nothing but the workflow.
      workflowId: workflowIdOf(`replay-${index}`),
      history: typeof history === 'string' ? await readHistory(history) : history,
    })),
  )
  const codePath = bundlePath ?? (await workflowBundlePath())
  const failures = new Map<string, string | null>()
  for await (const { workflowId, error } of Worker.runReplayHistories(
    { workflowBundle: { codePath } },
    named,
  ))
    failures.set(workflowId, error?.message ?? null)
  return named.map(({ name, workflowId }) => ({ name, failure: failures.get(workflowId) ?? null }))
}

async function readHistory(path: string): Promise<History> {
  try {
    return historyFromJSON(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new RemovalFailure('InvalidRequest', `${path}: expected a workflow history as JSON (${reason})`, {
      hint: 'Write one with: temporal workflow show --workflow-id removal/<id> --output json',
      cause: error,
    })
  }
}
