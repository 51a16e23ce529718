import { createReadStream } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import type { ActivityInterceptorsFactory } from '@temporalio/worker'
import type { ActivityDependencies } from '../../activities/index.ts'
import { configFrom } from '../../adapters/environment/config.ts'
import { createRemovals } from '../../client/create-removals.ts'
import { workflowIdOf } from '../../domain/removal-id.ts'
import type { Sandbox, SandboxOptions } from '../../sandbox/index.ts'
import { startSandbox } from '../../sandbox/index.ts'
import { serveDatabase } from '../../testing/serve-database.ts'
import { openDependencies } from '../../worker/activity-dependencies.ts'
import { startLightWorkers } from '../pipeline/bench-workers.ts'
import { runMany } from '../pipeline/run-many.ts'

export interface LightStackOptions {
  temporal: TestWorkflowEnvironment
  /** The folder that holds the storage; the caller removes it. */
  folder: string
  /** What every removal is about. */
  clip: string
  sandbox: SandboxOptions
  interceptors?: ActivityInterceptorsFactory[]
  /** More environment variables of the worker. */
  variables?: Record<string, string>
  /** Replaces parts of the outside world. */
  change?: (dependencies: ActivityDependencies, sandbox: Sandbox) => Partial<ActivityDependencies>
}

/** The product but for the retrieval, which costs processor time of its own and hides what is measured here. */
export interface LightStack {
  sandbox: Sandbox
  removals: ReturnType<typeof createRemovals>
  /** Starts so many removals; the ids. */
  start(count: number): Promise<string[]>
  /** Resolves when all of them have ended well. */
  ended(ids: readonly string[]): Promise<void>
  close(): Promise<void>
}

/** So many starts at once as keep two processors busy. */
const STARTS_AT_ONCE = 20
const STORED = 'clips/clip.mp4'

export async function startLightStack(options: LightStackOptions): Promise<LightStack> {
  const { temporal, clip, change = () => ({}) } = options
  const home = await mkdtemp(join(options.folder, 'stack-'))
  const sandbox = await startSandbox(options.sandbox)
  const embedded = await serveDatabase()
  const config = configFrom({
    HOME: home,
    MATTEFLOW_HOME: home,
    STORAGE_URL: pathToFileURL(join(home, 'storage')).href,
    REMOVEBGVIDEO_API_KEY: sandbox.keys[0],
    REMOVEBGVIDEO_BASE_URL: sandbox.url,
    ...options.variables,
  })
  const opened = await openDependencies(config, embedded.url)
  const dependencies = { ...opened.dependencies, ...change(opened.dependencies, sandbox) }
  const { storage } = dependencies
  await storage.write(STORED, createReadStream(clip))
  const endWorkers = await startLightWorkers(temporal, dependencies, options.interceptors)
  const removals = createRemovals({ client: temporal.client, storage })
  return {
    sandbox,
    removals,
    async start(count) {
      const ids: string[] = []
      await runMany(count, STARTS_AT_ONCE, async () => {
        const { id } = await removals.start({ source: { stored: STORED }, model: 'human' }, { isNew: true })
        ids.push(id)
      })
      return ids
    },
    async ended(ids) {
      await Promise.all(ids.map((id) => temporal.client.workflow.getHandle(workflowIdOf(id)).result()))
    },
    async close() {
      await endWorkers()
      await opened.close()
      await embedded.close()
      await sandbox.close()
    },
  }
}
