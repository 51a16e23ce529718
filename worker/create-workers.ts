import type { DataConverter } from '@temporalio/common'
import type { NativeConnection, WorkerDeploymentOptions, WorkerOptions } from '@temporalio/worker'
import { Runtime, Worker } from '@temporalio/worker'
import type { Activities, ActivityDependencies } from '../activities/index.ts'
import { createActivities } from '../activities/index.ts'
import type { Config } from '../adapters/environment/config.ts'
import { deploymentVersion } from './deployment-build.ts'
import type { QueueName } from './served-activities.ts'
import { servedActivities } from './served-activities.ts'
import { removalLogAttributes } from './telemetry/removal-log-attributes.ts'
import { workflowBundle } from './workflow-bundle.ts'

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

/** What workers are told besides their dependencies. */
export interface WorkersOptions extends Partial<Pick<Config, 'rates' | 'deployment'>> {
  /** How payloads are written and read, the same in every client and worker of the namespace; Temporal's own unless given. */
  dataConverter?: DataConverter | undefined
}

/** One worker a task queue: workflows and our own work, submissions, polls, transfers. */
export async function createWorkers(
  connection: NativeConnection,
  namespace: string,
  dependencies: ActivityDependencies,
  { rates, deployment = null, dataConverter }: WorkersOptions = {},
): Promise<Worker[]> {
  const activities: Activities = createActivities(dependencies)
  const common = {
    connection,
    namespace,
    interceptors: { activity: [removalLogAttributes(dependencies.tracing)] },
    ...(dataConverter !== undefined && { dataConverter }),
    ...SHUTDOWN,
    ...HEARTBEATS,
    ...(deployment !== null && { workerDeploymentOptions: await versionIn(deployment) }),
  }
  const extras: Partial<Record<QueueName, Partial<WorkerOptions>>> = {
    own: {
      workflowBundle: await workflowBundle(dataConverter, Runtime.instance().logger),
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
    servedActivities().map(({ name, taskQueue, types }) =>
      Worker.create({
        ...common,
        ...extras[name],
        taskQueue,
        activities: Object.fromEntries(types.map((each) => [each, activities[each]])),
        maxConcurrentActivityTaskExecutions: CONCURRENCY[name],
      }),
    ),
  )
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
