import { fileURLToPath } from 'node:url'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import type { ActivityInterceptorsFactory, WorkerOptions } from '@temporalio/worker'
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker'
import type { ActivityDependencies } from '../../activities/index.ts'
import { createActivities } from '../../activities/index.ts'
import type { RetrievedOutput, RetrieveOutputInput } from '../../activities/retrieve/retrieve-output.ts'
import { TASK_QUEUES } from '../../domain/policies.ts'
import { NO_TRACING } from '../../domain/tracing.ts'
import { removalLogAttributes } from '../../worker/telemetry/removal-log-attributes.ts'
import { workflowBundlePath } from '../../worker/workflow-bundle.ts'
import { bareActivities } from './bare-activities.ts'
import { bareQueue } from './bare-queue.ts'

/** As `createWorkers` has them. */
const COMMON: Partial<WorkerOptions> = {
  shutdownGraceTime: '10s',
  shutdownForceTime: '20s',
  maxHeartbeatThrottleInterval: '2s',
  defaultHeartbeatThrottleInterval: '2s',
}

interface Work {
  workflowBundle: NonNullable<WorkerOptions['workflowBundle']>
  activities: NonNullable<WorkerOptions['activities']>
  queueOf: (name: string) => string
  interceptors?: ActivityInterceptorsFactory[]
}

/** Workers that run until the returned function has ended them. */
export type EndWorkers = () => Promise<void>

/** Workers of the bare workflow. */
export async function startBareWorkers(temporal: TestWorkflowEnvironment): Promise<EndWorkers> {
  const workflowsPath = fileURLToPath(new URL('./bare-workflow.ts', import.meta.url))
  const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') })
  return startWorkers(temporal, { workflowBundle, activities: bareActivities, queueOf: bareQueue })
}

/**
 * Workers of the real workflow and the real activities. Only the retrieval is replaced, for it fetches and decodes
 * by itself.
 */
export async function startLightWorkers(
  temporal: TestWorkflowEnvironment,
  dependencies: ActivityDependencies,
  interceptors: ActivityInterceptorsFactory[] = [],
): Promise<EndWorkers> {
  async function retrieveOutput(input: RetrieveOutputInput): Promise<RetrievedOutput> {
    const { durationSeconds } = input
    return { location: 'file:///none', bytes: 1, sha256: '0'.repeat(64), durationSeconds, hasAlpha: true }
  }
  return startWorkers(temporal, {
    workflowBundle: { codePath: await workflowBundlePath(new DefaultLogger('WARN')) },
    activities: { ...createActivities(dependencies), retrieveOutput },
    queueOf: (name) => name,
    interceptors,
  })
}

async function startWorkers(
  temporal: TestWorkflowEnvironment,
  { workflowBundle, activities, queueOf, interceptors = [] }: Work,
): Promise<EndWorkers> {
  const common = {
    ...COMMON,
    connection: temporal.nativeConnection,
    namespace: temporal.namespace ?? 'default',
    activities,
    interceptors: { activity: [removalLogAttributes(NO_TRACING), ...interceptors] },
  }
  const workers = await Promise.all([
    Worker.create({
      ...common,
      taskQueue: queueOf(TASK_QUEUES.own),
      workflowBundle,
      maxCachedWorkflows: 300,
      stickyQueueScheduleToStartTimeout: '4s',
      maxConcurrentActivityTaskExecutions: 50,
    }),
    Worker.create({
      ...common,
      taskQueue: queueOf(TASK_QUEUES.submit),
      maxConcurrentActivityTaskExecutions: 20,
    }),
    Worker.create({
      ...common,
      taskQueue: queueOf(TASK_QUEUES.status),
      maxConcurrentActivityTaskExecutions: 50,
    }),
    Worker.create({
      ...common,
      taskQueue: queueOf(TASK_QUEUES.transfer),
      maxConcurrentActivityTaskExecutions: 20,
    }),
  ])
  const running = Promise.all(workers.map((worker) => worker.run()))
  return async () => {
    for (const worker of workers) worker.shutdown()
    await running
  }
}
