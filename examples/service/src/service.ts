import { Client } from '@temporalio/client'
import type { NativeConnection } from '@temporalio/worker'
import { createRemovals, createStorage } from 'matteflow/client'
import { createServer } from './server.ts'
import { createWorker } from './worker.ts'

export interface Service {
  url: string
  /** Resolves when the worker was told to end, by Ctrl-C for instance, and rejects when it failed. */
  ended: Promise<void>
  close(): Promise<void>
}

/** Server and worker in one process, with matteflow's settings. Either can have a process of its own. */
export async function startService(
  connection: NativeConnection,
  settings: { STORAGE_URL: string } & Record<string, string>,
  port = 0,
): Promise<Service> {
  const client = new Client({ connection })
  const storage = createStorage(settings.STORAGE_URL)
  const worker = await createWorker(connection, storage, settings)
  const ended = worker.run()
  const server = createServer(client, storage, createRemovals({ client, storage }))
  const url = await server.listen({ port })
  return {
    url,
    ended,
    async close() {
      await server.close()
      if (worker.getState() === 'RUNNING') worker.shutdown()
      await ended
    },
  }
}
