import type { Client } from '@temporalio/client'
import { askTemporal } from '../ask-temporal.ts'
import { isUnknownAttribute } from '../errors.ts'

/** Set by the server on a workflow whose tasks failed or timed out again and again, and taken away once one succeeds. */
const QUERY = `TemporalReportedProblems IN ('category=WorkflowTaskFailed', 'category=WorkflowTaskTimedOut') AND ExecutionStatus = 'Running'`
const MOST = 100

/** Ids of workflows that Temporal itself reports as stuck; none where the server does not report such. */
export async function countStuckWorkflows(client: Client): Promise<string[]> {
  const found: string[] = []
  const pages = client.workflow.list({ query: QUERY, pageSize: MOST })[Symbol.asyncIterator]()
  try {
    while (found.length < MOST) {
      const next = await askTemporal(client, () => pages.next())
      if (next.done) break
      found.push(next.value.workflowId)
    }
    return found
  } catch (error) {
    // Servers before 1.30 do not know it.
    if (isUnknownAttribute(error)) return []
    throw error
  }
}
