import { isIPv6 } from 'node:net'
import { NativeConnection, Runtime } from '@temporalio/worker'
import type { Logger } from 'pino'
import type { Config } from '../adapters/environment/config.ts'
import { RemovalFailure } from '../domain/removal-failure.ts'
import { buildId } from './build-id.ts'
import { serveRemovals } from './serve-removals.ts'
import { EXPORTER_FORM } from './telemetry/create-metrics.ts'
import { createLog, temporalLogger } from './telemetry/log.ts'
import { startExporter } from './telemetry/start-exporter.ts'
import { connectWithPatience } from './temporal/connect-with-patience.ts'
import type { TemporalTarget } from './temporal/temporal-target.ts'

/** What a worker process is run with, besides its configuration. */
export interface RunWorkerOptions {
  temporal: TemporalTarget
  databaseUrl: string
  /** Ends the worker gracefully; SIGINT and SIGTERM do so as well. */
  signal?: AbortSignal
  log?: Logger
}

/** Runs the worker role until it is told to end. Resolves after a graceful shutdown. */
export async function runWorker(config: Config, options: RunWorkerOptions): Promise<void> {
  const log = options.log ?? createLog(config.log)
  installRuntime(config, log.child({ build: await buildId() }))
  const { address, namespace, connection: way } = options.temporal
  const connection = await connectWithPatience(
    () => NativeConnection.connect({ address, ...way }),
    options.temporal,
  )
  const exporter = await startExporter(process.env, log)
  try {
    await serveRemovals(config, {
      connection,
      namespace,
      databaseUrl: options.databaseUrl,
      log,
      address,
      isMeasured: config.metrics !== null,
      ...(options.signal && { signal: options.signal }),
    })
  } finally {
    await exporter?.shutdown().catch(() => {})
    await connection.close()
  }
}

function bindAddressOf({ host, port }: NonNullable<Config['metrics']>): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`
}

/** Once per process, before any connection: it also decides how signals end the worker. */
function installRuntime(config: Config, log: Logger): void {
  const metrics =
    config.metrics === null
      ? {}
      : {
          metrics: { prometheus: { bindAddress: bindAddressOf(config.metrics), ...EXPORTER_FORM } },
        }
  try {
    // What the SDK's core has to say goes the same way: by itself it would print it past our log, in colours.
    const logging = { forward: {}, filter: { core: 'WARN', other: 'ERROR' } } as const
    Runtime.install({ logger: temporalLogger(log), telemetryOptions: { ...metrics, logging } })
  } catch (error) {
    if (config.metrics === null || !String(error).includes('prometheus')) throw error
    throw metricsRefused(config.metrics, error)
  }
}

function metricsRefused(metrics: NonNullable<Config['metrics']>, cause: unknown): RemovalFailure {
  const reason = /in use/i.test(String(cause))
    ? 'is taken by another program'
    : `is refused: ${String(cause)}`
  return new RemovalFailure('InvalidRequest', `METRICS_PORT: ${bindAddressOf(metrics)} ${reason}`, {
    hint: 'Set METRICS_PORT to a free port, or METRICS_HOST to an address of this machine; unset it to go without metrics.',
    cause,
  })
}
