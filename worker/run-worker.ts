import { randomUUID } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { hostname } from 'node:os'
import { Client } from '@temporalio/client'
import type { WorkerDeploymentOptions, WorkerOptions } from '@temporalio/worker'
import { NativeConnection, Runtime, Worker } from '@temporalio/worker'
import type { Logger } from 'pino'
import type { Activities, ActivityDependencies } from '../activities/index.ts'
import { createActivities } from '../activities/index.ts'
import type { Config } from '../adapters/environment/config.ts'
import { serviceFailure } from '../client/errors.ts'
import { NO_METRICS } from '../domain/metrics.ts'
import { createProjectLabels } from '../domain/project-labels.ts'
import { RemovalFailure } from '../domain/removal-failure.ts'
import { openDependencies } from './activity-dependencies.ts'
import { buildId } from './build-id.ts'
import { createCallRate } from './call-rate.ts'
import { connectWithPatience } from './connect-with-patience.ts'
import { createMetrics, EXPORTER_FORM } from './create-metrics.ts'
import { createTracing } from './create-tracing.ts'
import { deploymentVersion } from './deployment-build.ts'
import { dispatchWebhooks } from './dispatch-webhooks.ts'
import type { KeptWorkerRecord } from './keep-worker-record.ts'
import { keepWorkerRecord } from './keep-worker-record.ts'
import { createLog, temporalLogger } from './log.ts'
import { lackingAttributesAdvice, registerSearchAttributes } from './register-search-attributes.ts'
import { removalLogAttributes } from './removal-log-attributes.ts'
import { replayOpenOf } from './replay/replay-open.ts'
import { reportStanding } from './report-standing.ts'
import { scheduleExpiry } from './schedule-expiry.ts'
import type { QueueName } from './served-activities.ts'
import { servedActivities } from './served-activities.ts'
import { showFromTheStart } from './show-from-the-start.ts'
import { startExporter } from './start-exporter.ts'
import { notificationsFrom, startNotifications } from './start-notifications.ts'
import { sweepLeftovers } from './sweep-leftovers.ts'
import type { TemporalTarget } from './temporal-target.ts'
import { createTrippedBreakers } from './tripped-breakers.ts'
import { productVersion, sdkVersion } from './versions.ts'
import { workflowBundlePath } from './workflow-bundle.ts'

/** What a worker process is run with, besides its configuration. */
export interface RunWorkerOptions {
  temporal: TemporalTarget
  databaseUrl: string
  /** Ends the worker gracefully; SIGINT and SIGTERM do so as well. */
  signal?: AbortSignal
  log?: Logger
}

/** Grace for running activities to end, then for their cancellation, within the 30 s that hosts usually allow. */
const SHUTDOWN = { shutdownGraceTime: '10s', shutdownForceTime: '20s' } as const
/** Activities learn of a cancellation by their heartbeats, which the SDK would else hold back for 20 s and more. */
const HEARTBEATS = { maxHeartbeatThrottleInterval: '2s', defaultHeartbeatThrottleInterval: '2s' } as const
/** A cached workflow holds its bundle's heap, about 1.5 MB: this is what a small machine can spare. */
const MAX_CACHED_WORKFLOWS = 300
/** A dead worker's cached workflows go to another after this, instead of the SDK's 10 s; a busy one only replays. */
const STICKY_TIMEOUT = '4s'
/** Transfers stream and wait for hours; calls and polls are short, and limited by their queues' own rates. */
const CONCURRENCY: Record<QueueName, number> = { own: 50, submit: 20, status: 50, webhooks: 50, transfer: 20 }

/** Runs the worker role until it is told to end. Resolves after a graceful shutdown. */
export async function runWorker(config: Config, options: RunWorkerOptions): Promise<void> {
  const build = { version: productVersion(), build: await buildId() }
  const log = (options.log ?? createLog(config.log)).child({ build: build.build })
  installRuntime(config, log)
  const connection = await connectWithPatience(
    () => NativeConnection.connect({ address: options.temporal.address, ...options.temporal.connection }),
    options.temporal,
  )
  const { address, namespace } = options.temporal
  const lacking = await registerSearchAttributes(connection, namespace).catch((error: unknown) => {
    throw serviceFailure(error, address)
  })
  if (lacking.names.length > 0) {
    const { message, hint } = lackingAttributesAdvice(lacking, namespace)
    log.warn({ hint }, message)
  }
  const shownProject = createProjectLabels()
  const metrics =
    config.metrics === null ? NO_METRICS : createMetrics(Runtime.instance().metricMeter, shownProject)
  const callRate = createCallRate()
  let record: KeptWorkerRecord | undefined
  const breakers = createTrippedBreakers(() => record?.renew())
  const exporter = await startExporter(process.env, log)
  const { dependencies, askLedger, close } = await openDependencies(config, options.databaseUrl, {
    metrics,
    tracing: createTracing(),
    onVendorCall: ({ kind }) => callRate.add(kind !== null && kind !== 'Cancelled'),
    onBreaker: breakers.show,
  })
  dependencies.lackingSearchAttributes = lacking.names
  const id = randomUUID()
  const identity = `${process.pid}@${hostname()}`
  record = keepWorkerRecord({
    workers: dependencies.ledger.workers,
    say: () => ({ id, namespace, identity, ...build, breakers: breakers.all(), ...callRate.lastMinute() }),
    log,
  })
  const { reports, leave, spoken } = record
  await spoken
  showFromTheStart(metrics, { ...build, temporal_sdk: sdkVersion(), node: process.versions.node })
  const client = new Client({ connection, namespace })
  dependencies.notifications = notificationsFrom(config, client)
  dependencies.replayOpen = replayOpenOf(client)
  const stopReporting =
    config.metrics === null
      ? () => {}
      : reportStanding({ client, metrics, log, reports, shownProject, askLedger })
  const stopSweeping = sweepLeftovers({ ...dependencies, log })
  const stopDispatching = dispatchWebhooks({ client, webhooks: dependencies.ledger.webhooks, log })
  // What the namespace is to have once holds no worker up; neither of them rejects.
  void scheduleExpiry(client, config.keepMs, log)
  if (dependencies.notifications !== undefined)
    void startNotifications(client).catch((error: unknown) =>
      log.warn({ reason: String(error).slice(0, 300) }, 'nobody is told when removals park'),
    )
  try {
    const workers = await createWorkers(connection, namespace, dependencies, config)
    log.info(
      {
        address: options.temporal.address,
        namespace,
        identity,
        vendor: config.vendor.baseUrl,
      },
      'worker ready',
    )
    const shutdown = () =>
      workers.filter((worker) => worker.getState() === 'RUNNING').forEach((worker) => worker.shutdown())
    options.signal?.addEventListener('abort', shutdown, { once: true })
    // One that fails takes the others with it: a process that serves some of its queues would only look alive.
    await Promise.all(workers.map((worker) => worker.run().finally(shutdown)))
  } finally {
    stopReporting()
    stopSweeping()
    stopDispatching()
    await leave()
    await close()
    await exporter?.shutdown().catch(() => {})
    await connection.close()
  }
}

/** One worker a task queue: workflows and our own work, submissions, polls, transfers. */
export async function createWorkers(
  connection: NativeConnection,
  namespace: string,
  dependencies: ActivityDependencies,
  { rates, deployment = null }: Partial<Pick<Config, 'rates' | 'deployment'>> = {},
): Promise<Worker[]> {
  const served = activitiesByQueue(dependencies)
  const common = {
    connection,
    namespace,
    interceptors: { activity: [removalLogAttributes(dependencies.tracing)] },
    ...SHUTDOWN,
    ...HEARTBEATS,
    ...(deployment !== null && { workerDeploymentOptions: await versionIn(deployment) }),
  }
  const extras: Partial<Record<QueueName, Partial<WorkerOptions>>> = {
    own: {
      workflowBundle: { codePath: await workflowBundlePath(Runtime.instance().logger) },
      maxCachedWorkflows: MAX_CACHED_WORKFLOWS,
      stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT,
    },
    ...(rates && {
      submit: { maxTaskQueueActivitiesPerSecond: rates.submitPerSecond },
      status: { maxTaskQueueActivitiesPerSecond: rates.statusPerSecond },
      transfer: { maxTaskQueueActivitiesPerSecond: rates.submitPerSecond },
    }),
  }
  return Promise.all(
    served.map(({ name, taskQueue, activities }) =>
      Worker.create({
        ...common,
        ...extras[name],
        taskQueue,
        activities,
        maxConcurrentActivityTaskExecutions: CONCURRENCY[name],
      }),
    ),
  )
}

/** A task queue, and what is served on it. */
interface ServedQueue {
  name: QueueName
  taskQueue: string
  activities: Partial<Activities>
}

/** The work of each activity, by the queue on which it is served. */
function activitiesByQueue(dependencies: ActivityDependencies): ServedQueue[] {
  const activities = createActivities(dependencies)
  return servedActivities(dependencies.settings).map(({ name, taskQueue, types }) => ({
    name,
    taskQueue,
    activities: Object.fromEntries(types.map((each) => [each, activities[each]])),
  }))
}

/**
 * Which version of a Worker Deployment this build is. Removals go on with whatever version is current: they may wait for
 * longer than any build lives, and every change of the workflow replays their histories.
 */
async function versionIn(deployment: NonNullable<Config['deployment']>): Promise<WorkerDeploymentOptions> {
  return {
    version: await deploymentVersion(deployment),
    useWorkerVersioning: true,
    defaultVersioningBehavior: 'AUTO_UPGRADE',
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
    Runtime.install({ logger: temporalLogger(log), telemetryOptions: metrics })
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
