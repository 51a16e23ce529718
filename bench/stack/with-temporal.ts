import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { startTemporalServer } from '../../testing/temporal-server.ts'

/** A server of its own for one measurement: what an earlier one left costs this one nothing. */
export async function withTemporal<Result>(
  run: (temporal: TestWorkflowEnvironment) => Promise<Result>,
): Promise<Result> {
  const temporal = await startTemporalServer('dev')
  try {
    return await run(temporal)
  } finally {
    await temporal.teardown()
  }
}
