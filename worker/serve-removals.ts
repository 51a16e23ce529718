import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { Client } from '@temporalio/client'
import type { DataConverter } from '@temporalio/common'
import type { NativeConnection } from '@temporalio/worker'
import { Runtime } from '@temporalio/worker'
import type { Logger } from 'pino'
import { isWorkflowRunning } from '../activities/is-workflow-running.ts'
import type { Config } from '../adapters/environment/config.ts'
import { serviceFailure } from '../client/errors.ts'
import { NO_METRICS } from '../domain/metrics.ts'
import { createProjectLabels } from '../domain/project-labels.ts'
import { workflowIdOf } from '../domain/removal-id.ts'
import { openDependencies } from './activity-dependencies.ts'
import { buildId } from './build-id.ts'
import { createWorkers } from './create-workers.ts'
import { dataConverterFor, workerConverterFor } from './data-converter.ts'
import { dispatchWebhooks } from './recurring/dispatch-webhooks.ts'
import { scheduleExpiry } from './recurring/schedule-expiry.ts'
import { notificationsFrom, startNotifications } from './recurring/start-notifications.ts'
import { sweepLeftovers } from './recurring/sweep-leftovers.ts'
import { replayOpenOf } from './replay/replay-open.ts'
import { createCallRate } from './telemetry/call-rate.ts'
import { createMetrics } from './telemetry/create-metrics.ts'
import { createTracing } from './telemetry/create-tracing.ts'
import type { KeptWorkerRecord } from './telemetry/keep-worker-record.ts'
import { keepWorkerRecord } from './telemetry/keep-worker-record.ts'
import { reportStanding } from './telemetry/report-standing.ts'
import { showFromTheStart } from './telemetry/show-from-the-start.ts'
import { createTrippedBreakers } from './telemetry/tripped-breakers.ts'
import { lackingAttributesAdvice, registerSearchAttributes } from './temporal/register-search-attributes.ts'
import { productVersion, sdkVersion } from './versions.ts'

/** Where removals are served, over a connection that stays the caller's. */
export interface ServeRemovalsOptions {
  connection: NativeConnection
  namespace: string
  databaseUrl: string
  log: Logger
  /** Shown in messages; null where the caller made the connection. */
  address: string | null
  /** Whether the process's runtime has somewhere to put metrics. */
  isMeasured: boolean
  /** How payloads are written and read; as the configuration says unless given. */
  dataConverter?: DataConverter | undefined
  /** Ends the serving gracefully; the shutdown signals of the SDK's runtime do so as well. */
  signal?: AbortSignal
}

/**
 * Serves removals: workers for each task queue, and what is done beside them. Resolves after a graceful shutdown; one
 * worker that fails takes the others with it, and rejects.
 */
export async function serveRemovals(
  config: Config,
  {
    connection,
    namespace,
    databaseUrl,
    log: parentLog,
    address,
    isMeasured,
    dataConverter: given,
    signal,
  }: ServeRemovalsOptions,
): Promise<void> {
  const build = { version: productVersion(), build: await buildId() }
  const log = parentLog.child({ build: build.build })
  const lacking = await registerSearchAttributes(connection, namespace).catch((error: unknown) => {
    throw serviceFailure(error, address)
  })
  if (lacking.names.length > 0) {
    const { message, hint } = lackingAttributesAdvice(lacking, namespace)
    log.warn({ hint }, message)
  }
  const shownProject = createProjectLabels()
  const metrics = !isMeasured ? NO_METRICS : createMetrics(Runtime.instance().metricMeter, shownProject)
  const callRate = createCallRate()
  let record: KeptWorkerRecord | undefined
  const breakers = createTrippedBreakers(() => record?.renew())
  const { dependencies, askLedger, close } = await openDependencies(config, databaseUrl, {
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
  const client = new Client({ connection, namespace, dataConverter: given ?? dataConverterFor(config) })
  dependencies.notifications = notificationsFrom(config, client)
  // The processes that replay know no payload converter but Temporal's own.
  if (given?.payloadConverterPath === undefined) dependencies.replayOpen = replayOpenOf(client)
  const stopReporting = !isMeasured
    ? () => {}
    : reportStanding({ client, metrics, log, reports, shownProject, askLedger })
  const isRunning = (removalId: string) => isWorkflowRunning(workflowIdOf(removalId), client)
  const stopSweeping = sweepLeftovers({ ...dependencies, log, isRunning })
  const stopDispatching = dispatchWebhooks({ client, webhooks: dependencies.ledger.webhooks, log })
  // What the namespace is to have once holds no worker up; neither of them rejects.
  void scheduleExpiry(client, config.keepMs, log)
  if (dependencies.notifications !== undefined)
    void startNotifications(client).catch((error: unknown) =>
      log.warn({ reason: String(error).slice(0, 300) }, 'nobody is told when removals park'),
    )
  try {
    const dataConverter = given ?? workerConverterFor(config)
    const workers = await createWorkers(connection, namespace, dependencies, { ...config, dataConverter })
    log.info(
      { ...(address !== null && { address }), namespace, identity, vendor: config.vendor.baseUrl },
      'worker ready',
    )
    const shutdown = () =>
      workers.filter((worker) => worker.getState() === 'RUNNING').forEach((worker) => worker.shutdown())
    signal?.addEventListener('abort', shutdown, { once: true })
    // One that fails takes the others with it: a process that serves some of its queues would only look alive.
    const runs = workers.map((worker) => worker.run().finally(shutdown))
    // Whoever asked for the end before the workers ran was not heard.
    if (signal?.aborted) shutdown()
    const ended = await Promise.allSettled(runs)
    const failed = ended.find((end) => end.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  } finally {
    stopReporting()
    stopSweeping()
    stopDispatching()
    await leave()
    await close()
  }
}
