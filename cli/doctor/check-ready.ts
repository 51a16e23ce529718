import { setTimeout as pause } from 'node:timers/promises'
import type { WorkflowHandle } from '@temporalio/client'
import { WorkflowFailedError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import type { Config } from '../../adapters/environment/config.ts'
import { failureFromTemporal } from '../../client/errors.ts'
import { TASK_QUEUES } from '../../domain/policies.ts'
import type { ReadyReport } from '../../domain/readiness.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { connectTemporal } from '../../local/temporal/connect-temporal.ts'
import { unpolledQueues } from '../../local/temporal/worker-polls.ts'
import { deploymentVersion } from '../../worker/deployment-build.ts'
import { openClient } from '../../worker/temporal/open-client.ts'
import type { TemporalTarget } from '../../worker/temporal/temporal-target.ts'
import type { matteflowReady } from '../../workflows/index.ts'
import { MATTEFLOW_READY } from '../../workflows/messages.ts'
import type { Problem } from './problem.ts'

/** A worker that lives takes a workflow within a second; one that has just started needs some more. */
const TAKEN_UP_WITHIN_MS = 60_000
const LOOK_EVERY_MS = 500
/** Longer than all steps together, so that a check which nobody ends does not stay. */
const WHOLE_CHECK = '20 minutes'

export interface Readiness {
  problems: Problem[]
  /** Null where no worker gave an answer. */
  report: ReadyReport | null
}

/**
 * Runs `matteflowReady` on a worker and reads what it found. With a Worker Deployment it asks the workers of this build's
 * own version, whether they are current or not: so it is the gate of a rolling deployment.
 */
export async function checkReady(
  target: TemporalTarget | null,
  config: Pick<Config, 'deployment' | 'payloadKeys'>,
): Promise<Readiness> {
  if (target === null)
    return {
      report: null,
      problems: [
        {
          kind: 'PlatformUnavailable',
          problem: 'no worker runs that could be asked whether it is ready',
          fix: 'Set TEMPORAL_ADDRESS as the worker has it, or run `matteflow dev`.',
        },
      ],
    }
  const { deployment } = config
  // Another line tells of a Temporal that is away.
  const connection = await connectTemporal(target, { patienceMs: 3_000 }).catch(() => null)
  if (connection === null) return { report: null, problems: [] }
  const client = openClient(connection, target.namespace, config)
  try {
    // Another line names the queues that nobody serves.
    if ((await unpolledQueues(connection, target.namespace)).includes(TASK_QUEUES.own))
      return { report: null, problems: [] }
    const version = deployment === null ? null : await deploymentVersion(deployment)
    const handle = await client.workflow.start<typeof matteflowReady>(MATTEFLOW_READY, {
      workflowId: `ready/${new Date().toISOString()}`,
      taskQueue: TASK_QUEUES.own,
      args: [],
      workflowExecutionTimeout: WHOLE_CHECK,
      staticSummary: 'is this build ready?',
      ...(version !== null && { versioningOverride: { pinnedTo: version } }),
    })
    if (!(await isTakenUp(handle))) {
      await handle.terminate('no worker took it up').catch(() => {})
      const of = version === null ? '' : ` of version ${version.deploymentName}:${version.buildId}`
      const problem = `no worker${of} took up ${handle.workflowId} within ${TAKEN_UP_WITHIN_MS / 1_000} s`
      const fix = 'See the log of the worker: it is stuck, or of another version than this build.'
      return { report: null, problems: [{ kind: 'PlatformUnavailable', problem, fix }] }
    }
    const report = await reportOf(handle)
    return { report, problems: problemsIn(report) }
  } catch (error) {
    throw failureFromTemporal(error, client)
  } finally {
    await connection.close()
  }
}

/** Whether a first workflow task was completed: started, scheduled, taken, completed. */
async function isTakenUp(handle: WorkflowHandle): Promise<boolean> {
  const until = Date.now() + TAKEN_UP_WITHIN_MS
  while (Date.now() < until) {
    if ((await handle.describe()).historyLength > 3) return true
    await pause(LOOK_EVERY_MS)
  }
  return false
}

async function reportOf(handle: WorkflowHandle<typeof matteflowReady>): Promise<ReadyReport> {
  try {
    return await handle.result()
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error
    const report = error.cause instanceof ApplicationFailure ? error.cause.details?.at(-1) : undefined
    if (isReport(report)) return report
    throw new RemovalFailure('Unexpected', `${handle.workflowId} has not ended by itself: ${error.message}`, {
      hint: 'See it in the Temporal UI.',
      cause: error,
    })
  }
}

function isReport(value: unknown): value is ReadyReport {
  return typeof value === 'object' && value !== null && Array.isArray((value as Partial<ReadyReport>).steps)
}

function problemsIn({ steps }: ReadyReport): Problem[] {
  return steps.flatMap(({ step, outcome, kind, problem, fix }) =>
    outcome === 'failed' && kind !== null
      ? [{ kind, problem: `the worker is not ready, ${step}: ${problem ?? ''}`, fix: fix ?? '' }]
      : [],
  )
}
