import type { DataConverter } from '@temporalio/common'
import type { Worker, WorkerOptions } from '@temporalio/worker'
import { NativeConnection, Runtime } from '@temporalio/worker'
import { configFrom } from '../../adapters/environment/config.ts'
import type { VariableName } from '../../domain/environment.ts'
import { ENVIRONMENT } from '../../domain/environment.ts'
import { TASK_QUEUES } from '../../domain/policies.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { workerConverterFor } from '../data-converter.ts'
import type { ServeRemovalsOptions } from '../serve-removals.ts'
import { serveRemovals } from '../serve-removals.ts'
import { logThrough } from '../telemetry/log.ts'
import { joinInstance } from './one-per-process.ts'

/** What the plugin is told. */
export interface MatteflowPluginOptions {
  /**
   * Settings by the names of their environment variables (docs/reference.md), which count before those of the process.
   * `REMOVEBGVIDEO_API_KEY` and `DATABASE_URL` have to be set, here or there. Where Temporal is, and whether metrics are
   * exported, is the worker's own: `TEMPORAL_…` and `METRICS_…` are not read.
   */
  settings?: Partial<Record<VariableName, string>>
}

/** A worker plugin of Temporal's SDK, of any of its versions that matteflow works with. */
export interface MatteflowPlugin {
  /** As Temporal's SDK shows it. */
  readonly name: string
  /** Checks the settings, and gives the worker what removals need of it. */
  configureWorker(options: WorkerOptions): Promise<WorkerOptions>
  /** Serves removals while the worker runs. */
  runWorker(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void>
}

/**
 * Lets a worker of one's own serve removals as well: matteflow's workflows, activities, task queues and rates, over the
 * connection and with the data converter of that worker, for as long as it runs. Where payloads are encrypted by
 * `MATTEFLOW_PAYLOAD_KEYS`, the worker gets that converter. The worker's own workflows, bundle and
 * options stay as they are. However many workers of a process have the plugin, removals are served once; where its
 * settings or namespaces differ, the later worker fails as `InvalidRequest`. Where serving fails, so does the worker.
 */
export function matteflow({ settings = {} }: MatteflowPluginOptions = {}): MatteflowPlugin {
  const opened = new WeakSet<NativeConnection>()
  return {
    name: 'matteflow.Removals',
    async configureWorker(options) {
      if (Object.values<string | undefined>(TASK_QUEUES).includes(options.taskQueue))
        throw refused(
          `the task queue ${options.taskQueue} is matteflow's own`,
          'Give your worker a task queue of its own; the plugin serves ours beside it.',
        )
      // What is wrong with the settings is said before there is a worker.
      const { dataConverter } = servingFrom(variablesFrom(settings))
      if (dataConverter !== undefined && options.dataConverter !== undefined)
        throw refused(
          'the worker has a data converter of its own, and MATTEFLOW_PAYLOAD_KEYS is set',
          'Unset it and give your converter `payloadCodecs: [createPayloadCodec(keys)]` of matteflow/client; or leave the converter out.',
        )
      // What a parent workflow gives to a removal, and gets from it, is encrypted by the worker of the parent.
      const own = { ...options, ...(dataConverter !== undefined && { dataConverter }) }
      if (options.connection !== undefined) return own
      // The SDK closes a connection that it made as soon as the worker ends, and ours would still be on it.
      const connection = await NativeConnection.connect()
      opened.add(connection)
      return { ...own, connection }
    },
    async runWorker(worker, next) {
      const { connection, options } = worker
      if (connection === undefined) return next(worker)
      const { namespace, dataConverter } = options
      let failure: Error | null = null
      let membership: ReturnType<typeof joinInstance> | null = null
      const fail = (error: unknown): void => {
        failure = error instanceof Error ? error : new Error(String(error))
        if (worker.getState() === 'RUNNING') worker.shutdown()
      }
      try {
        const variables = variablesFrom(settings)
        const { serve } = servingFrom(variables)
        membership = joinInstance({
          settings: { ...variables, namespace },
          serve: (signal) => serve({ connection, namespace, dataConverter, signal }),
          fail,
        })
      } catch (error) {
        failure = error as Error
      }
      try {
        const ended = next(worker)
        // One that is refused has to run for a moment all the same, to let go of its connection.
        if (failure !== null) fail(failure)
        await ended
      } finally {
        await membership?.leave()
        if (opened.has(connection)) await connection.close()
      }
      if (failure !== null) throw failure
    },
  }
}

type Variables = Partial<Record<VariableName | 'HOME', string>>

/** Every variable that matteflow reads, as the plugin was told, else as the process has it. */
function variablesFrom(settings: Partial<Record<VariableName, string>>): Variables {
  const unknown = Object.keys(settings).find((name) => !Object.hasOwn(ENVIRONMENT, name))
  if (unknown !== undefined)
    throw refused(`settings: ${unknown} is no setting`, 'docs/reference.md names every one of them.')
  const names = [...(Object.keys(ENVIRONMENT) as VariableName[]), 'HOME' as const]
  const told: Partial<Record<string, string>> = settings
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = told[name] ?? process.env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

type Around = Pick<ServeRemovalsOptions, 'connection' | 'namespace' | 'dataConverter' | 'signal'>

/** Reads the settings whole, and gives what serves as they say; and how payloads are encrypted, where they are. */
function servingFrom(variables: Variables): {
  serve(around: Around): Promise<void>
  dataConverter: DataConverter | undefined
} {
  const config = configFrom(variables)
  const { databaseUrl } = config
  if (databaseUrl === null)
    throw refused(
      'DATABASE_URL: expected postgres://…, and none is set',
      'The ledger of a worker of your own lies in PostgreSQL; `npx matteflow dev` has one embedded.',
    )
  return {
    dataConverter: config.payloadKeys.length === 0 ? undefined : workerConverterFor(config),
    serve: (around) =>
      serveRemovals(config, {
        ...around,
        databaseUrl,
        log: logThrough(Runtime.instance().logger, config.log.level),
        address: null,
        isMeasured: true,
      }),
  }
}

function refused(message: string, hint: string): RemovalFailure {
  return new RemovalFailure('InvalidRequest', `matteflow plugin: ${message}`, { hint })
}
