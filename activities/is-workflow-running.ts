import { Context } from '@temporalio/activity'

/** Whether a workflow runs, by Temporal's own word: in this worker's namespace, unless a client is given. */
export async function isWorkflowRunning(
  workflowId: string,
  client: Context['client'] = Context.current().client,
): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(workflowId).describe()
    return status.name === 'RUNNING'
  } catch (error) {
    // The SDK's client is no dependency of activities, so that its error is known by its name.
    if (error instanceof Error && error.name === 'WorkflowNotFoundError') return false
    throw error
  }
}
