import type { Client, WorkflowExecutionDescription } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import {
  decodeArrayFromPayloads,
  decodeOptionalFailureToOptionalError,
} from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js'
import { isFailureKind } from '../../domain/failures.ts'
import type { OutageDocument } from '../../domain/removal-document.ts'

/** What Temporal's description shows of the step that a removal is in, between two attempts as well. */
export interface PendingWork {
  /** 0 to 100. */
  progress: number | null
  /** The vendor's own word for the job. */
  vendorState: string | null
  /** What fails at the moment and is repeated; null while the last attempt was no failure. */
  outage: OutageDocument | null
}

type PendingActivity = NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number]
type Timestamp = PendingActivity['lastStartedTime']

/** The steps of a removal that Temporal has under way; what they show is put together. */
export async function pendingWork(
  { raw }: WorkflowExecutionDescription,
  client: Client,
): Promise<PendingWork> {
  const work: PendingWork = { progress: null, vendorState: null, outage: null }
  for (const activity of raw.pendingActivities ?? []) {
    const heartbeat = await heartbeatOf(activity, client)
    if (activity.activityType?.name === 'checkVendorJob') {
      work.progress = numberIn(heartbeat, 'progress')
      const { vendorState } = heartbeat
      work.vendorState = typeof vendorState === 'string' ? vendorState : null
    }
    work.outage ??= await outageOf(activity, heartbeat, client)
  }
  return work
}

type Heartbeat = Record<string, unknown>

async function heartbeatOf({ heartbeatDetails }: PendingActivity, { options }: Client): Promise<Heartbeat> {
  if (!heartbeatDetails?.payloads?.length) return {}
  const [details] = await decodeArrayFromPayloads(options.loadedDataConverter, heartbeatDetails.payloads)
  return typeof details === 'object' && details !== null ? (details as Heartbeat) : {}
}

/** Expected waiting has a type of its own, which is no kind of failure. */
async function outageOf(
  activity: PendingActivity,
  heartbeat: Heartbeat,
  { options }: Client,
): Promise<OutageDocument | null> {
  const error = await decodeOptionalFailureToOptionalError(options.loadedDataConverter, activity.lastFailure)
  if (!(error instanceof ApplicationFailure) || !isFailureKind(error.type)) return null
  const attempts = numberIn(heartbeat, 'failuresInARow') ?? Math.max(1, (activity.attempt ?? 2) - 1)
  const failingSince = numberIn(heartbeat, 'failingSince')
  const since =
    failingSince === null
      ? (isoFrom(activity.lastAttemptCompleteTime) ?? isoFrom(activity.lastStartedTime))
      : new Date(failingSince).toISOString()
  return {
    kind: error.type,
    message: error.message,
    attempts,
    since,
    nextTryAt: isoFrom(activity.nextAttemptScheduleTime),
  }
}

function numberIn(heartbeat: Heartbeat, name: string): number | null {
  const value = heartbeat[name]
  return typeof value === 'number' ? value : null
}

function isoFrom(time: Timestamp): string | null {
  const ms = Number(time?.seconds ?? 0) * 1_000 + Math.floor((time?.nanos ?? 0) / 1e6)
  return ms === 0 ? null : new Date(ms).toISOString()
}
