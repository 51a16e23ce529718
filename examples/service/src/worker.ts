import { fileURLToPath } from 'node:url'
import type { NativeConnection } from '@temporalio/worker'
import { Worker } from '@temporalio/worker'
import type { Storage } from 'matteflow/client'
import { matteflow } from 'matteflow/plugin'
import { createActivities } from './activities.ts'

export const ORDERS = 'orders'

/** Our worker. The plugin serves matteflow's removals beside it, for as long as it runs. */
export function createWorker(
  connection: NativeConnection,
  storage: Storage,
  settings: Record<string, string>,
): Promise<Worker> {
  return Worker.create({
    connection,
    taskQueue: ORDERS,
    workflowsPath: fileURLToPath(new URL('workflows.ts', import.meta.url)),
    activities: createActivities(storage),
    plugins: [matteflow({ settings })],
  })
}
