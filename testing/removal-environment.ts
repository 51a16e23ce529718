import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Client, WorkflowHandle } from '@temporalio/client'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import type { Worker } from '@temporalio/worker'
import type { ActivityDependencies } from '../activities/index.ts'
import { configFrom } from '../adapters/environment/config.ts'
import type { Removals } from '../client/index.ts'
import { createRemovals } from '../client/index.ts'
import { newInputKey } from '../client/start/stage-input.ts'
import { fingerprintOf } from '../domain/fingerprint.ts'
import { parseRemovalRequest } from '../domain/parse-request.schema.ts'
import type { PolicySettings } from '../domain/policies.ts'
import { TASK_QUEUES } from '../domain/policies.ts'
import { newRemovalId, workflowIdOf } from '../domain/removal-id.ts'
import type { RemovalRequestInput } from '../domain/removal-request.schema.ts'
import type { StagedInput } from '../domain/staged-input.ts'
import type { Tracing } from '../domain/tracing.ts'
import type { Sandbox, SandboxOptions } from '../sandbox/index.ts'
import { startSandbox } from '../sandbox/index.ts'
import { openDependencies } from '../worker/activity-dependencies.ts'
import { createWorkers } from '../worker/create-workers.ts'
import { workerConverterFor } from '../worker/data-converter.ts'
import { replayOpenOf } from '../worker/replay/replay-open.ts'
import { openClient } from '../worker/temporal/open-client.ts'
import type { removeBackground } from '../workflows/index.ts'
import { REMOVE_BACKGROUND } from '../workflows/messages.ts'
import type { CarriedState } from '../workflows/removal-run.ts'
import { serveDatabase } from './serve-database.ts'

/** What an environment is made of; everything has a default fit for tests. */
export interface RemovalEnvironmentOptions {
  /** The server that it runs on, which stays when it closes. */
  temporal: TestWorkflowEnvironment
  /** How the vendor is started. */
  sandbox?: SandboxOptions
  /** Other settings of the policies. */
  settings?: Partial<PolicySettings>
  /** More of the worker's environment variables, `MATTEFLOW_CALL_TIMEOUT` for instance. */
  variables?: Record<string, string>
  /** Starts no workers: those of a service under test serve, with `settings`. */
  withoutWorkers?: boolean
  /** A ledger that outlives this environment, or that several share; otherwise it has its own. */
  databaseUrl?: string
  /** Where traces go; nowhere unless given. */
  tracing?: Tracing
  /** Replaces parts of the outside world. */
  dependencies?: Partial<ActivityDependencies>
}

/** A whole matteflow in one process: workers, ledger, storage, and a vendor that counts what was bought. */
export interface RemovalEnvironment {
  /** The server that it runs on. */
  temporal: TestWorkflowEnvironment
  /** Writes and reads payloads as the workers do, which `temporal.client` does only where they are in clear. */
  client: Client
  /** The vendor, which counts what was bought. */
  sandbox: Sandbox
  /** The outside world of the workers: ledger, storage and all else. */
  dependencies: ActivityDependencies
  /** The client library, over its Temporal and its storage. */
  removals: Removals
  /** What a worker of its own needs to serve removals here: `plugins: [matteflow({ settings })]`. */
  settings: Readonly<Record<string, string>> & {
    /** Where its files are. */
    readonly STORAGE_URL: string
  }
  /** Stages a local file, or takes a URL, and starts the workflow as the client library does. */
  start(
    request: RemovalRequestInput & { id?: string },
    /** What an earlier run of it decided. */
    carried?: CarriedState,
  ): Promise<WorkflowHandle<typeof removeBackground>>
  /** Ends workers, vendor and ledger, and removes the files. */
  close(): Promise<void>
}

/** Starts everything a removal needs around a Temporal server that is there. */
export async function startRemovalEnvironment(
  options: RemovalEnvironmentOptions,
): Promise<RemovalEnvironment> {
  const { temporal } = options
  const home = await mkdtemp(join(tmpdir(), 'matteflow-environment-'))
  const sandbox = await startSandbox({ speed: 100, ...options.sandbox })
  const embedded = options.databaseUrl === undefined ? await serveDatabase() : null
  const databaseUrl = options.databaseUrl ?? embedded?.url ?? ''
  const settings = {
    MATTEFLOW_HOME: home,
    STORAGE_URL: pathToFileURL(join(home, 'storage')).href,
    REMOVEBGVIDEO_API_KEY: sandbox.keys[0] ?? '',
    REMOVEBGVIDEO_BASE_URL: sandbox.url,
    DATABASE_URL: databaseUrl,
    ...options.variables,
  }
  const config = configFrom(settings)
  const namespace = temporal.namespace ?? 'default'
  // The client of a server that skips time lets it do so while it waits, and is left alone.
  const client =
    config.payloadKeys.length === 0 ? temporal.client : openClient(temporal.connection, namespace, config)
  const opened = await openDependencies(config, databaseUrl, {
    ...(options.tracing !== undefined && { tracing: options.tracing }),
  })
  const dependencies: ActivityDependencies = {
    ...opened.dependencies,
    // A server that skips time has a clock of its own, and windows are measured on it.
    now: () => (temporal.supportsTimeSkipping ? temporal.currentTimeMs() : Date.now()),
    monotonicMs: () => (temporal.supportsTimeSkipping ? temporal.currentTimeMs() : performance.now()),
    replayOpen: replayOpenOf(client),
    settings: { ...opened.dependencies.settings, ...options.settings },
    ...options.dependencies,
  }
  const workers = options.withoutWorkers
    ? []
    : await createWorkers(temporal.nativeConnection, namespace, dependencies, {
        dataConverter: workerConverterFor(config),
      })
  const running = Promise.all(workers.map((worker: Worker) => worker.run()))
  return {
    temporal,
    client,
    sandbox,
    dependencies,
    removals: createRemovals({ client, storage: dependencies.storage }),
    settings,
    async start(request, carried) {
      const id = request.id ?? newRemovalId()
      const { source, staged } = await stage(id, request, dependencies)
      return client.workflow.start<typeof removeBackground>(REMOVE_BACKGROUND, {
        workflowId: workflowIdOf(id),
        taskQueue: TASK_QUEUES.own,
        args: [{ ...request, source }, staged, carried ?? null],
      })
    },
    async close() {
      for (const worker of workers) worker.shutdown()
      await running
      await opened.close()
      await embedded?.close()
      await sandbox.close()
      await rm(home, { recursive: true, force: true })
    },
  }
}

async function stage(id: string, input: RemovalRequestInput, { storage }: ActivityDependencies) {
  if (typeof input.source !== 'string') return { source: input.source, staged: null }
  const fileName = basename(input.source)
  const key = newInputKey(id, fileName)
  const { sizeBytes, sha256 } = await storage.write(key, createReadStream(input.source))
  const fingerprint = await fingerprintOf(parseRemovalRequest(input), sha256)
  const staged: StagedInput = { kind: 'file', key, fileName, sizeBytes, sha256, fingerprint }
  return { source: { stored: key }, staged }
}
