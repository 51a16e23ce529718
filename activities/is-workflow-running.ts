import { Context } from '@temporalio/activity'

/** Whether a workflow runs in this worker's namespace, by Temporal's own word. */
export async function isWorkflowRunning(workflowId: string): Promise<boolean> {
  try {
    const { status } = await Context.current().client.workflow.getHandle(workflowId).describe()
    return status.name === 'RUNNING'
  } catch (error) {
    // The SDK's client is no dependency of activities, so that its error is known by its name.
    if (error instanceof Error && error.name === 'WorkflowNotFoundError') return false
    throw error
  }
}
