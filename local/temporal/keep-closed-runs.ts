import type { Connection } from '@temporalio/client'
import { msToTs } from '@temporalio/common/lib/time.js'

/** As long as the compose file keeps them (`ops/temporal/create-namespace.sh`); a development server, one day. */
const RETENTION_SECONDS = 30 * 24 * 3_600

/** Lets a namespace of the embedded server keep closed runs long enough to be asked about; it remembers that itself. */
export async function keepClosedRuns(
  { workflowService }: Pick<Connection, 'workflowService'>,
  namespace: string,
): Promise<void> {
  const { config } = await workflowService.describeNamespace({ namespace })
  const seconds = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0)
  if (seconds === RETENTION_SECONDS) return
  await workflowService.updateNamespace({
    namespace,
    config: { workflowExecutionRetentionTtl: msToTs(RETENTION_SECONDS * 1_000) },
  })
}
