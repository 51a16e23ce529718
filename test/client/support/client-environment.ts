import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from '@temporalio/worker'
import { createFolderStorage } from '../../../adapters/storage/folder-storage.ts'
import type { Storage } from '../../../adapters/storage/storage.ts'
import type { Removals } from '../../../client/index.ts'
import { createRemovals } from '../../../client/index.ts'
import { TASK_QUEUES } from '../../../domain/policies.ts'
import { startTemporalServer } from '../../../testing/temporal-server.ts'
import { allOf } from './all-of.ts'
import { checkVendorJob, release } from './check-vendor-job.ts'

export type ClientEnvironment = Awaited<ReturnType<typeof startClientEnvironment>>

/** A Temporal server, a worker that shows what a removal shows, and removals as a caller has them. */
export async function startClientEnvironment() {
  const temporal = await startTemporalServer('dev')
  const folder = await mkdtemp(join(tmpdir(), 'matteflow-client-'))
  const storage: Storage = createFolderStorage(join(folder, 'storage'))
  const worker = await Worker.create({
    connection: temporal.nativeConnection,
    taskQueue: TASK_QUEUES.own,
    activities: { checkVendorJob },
    workflowsPath: join(import.meta.dirname, 'scripted-workflow.ts'),
  })
  const running = worker.run()
  const { client } = temporal
  const removals: Removals = createRemovals({ client, storage })
  return {
    temporal,
    client,
    storage,
    removals,
    /** Lets a removal go on that waits. */
    release,
    /** A file that begins like an mp4 and is like no other. */
    async aClip(name = 'clip.mp4', content: string = randomUUID()): Promise<string> {
      const path = join(await mkdtemp(join(folder, 'input-')), name)
      await writeFile(path, Buffer.concat([MP4_HEAD, Buffer.from(content)]))
      return path
    },
    /** Every key that is staged for a removal. */
    staged: (id: string): Promise<string[]> => allOf(storage.list(`inputs/${id}`)),
    async close(): Promise<void> {
      worker.shutdown()
      await running
      await temporal.teardown()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const MP4_HEAD = Buffer.from([0, 0, 0, 20, ...Buffer.from('ftypisom'), 0, 0, 2, 0, ...Buffer.from('isom')])

/** Resolves with what a promise rejects with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new TypeError('expected a rejection')
    },
    (error: unknown) => error,
  )
}
