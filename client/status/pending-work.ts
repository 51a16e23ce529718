import type { Client, WorkflowExecutionDescription } from '@temporalio/client'
import {
  decodeArrayFromPayloads,
  decodeOptionalFailureToOptionalError,
} from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js'
import type { TransferHeartbeat, WaitHeartbeat } from '../../domain/outage.ts'
import { outageFrom } from '../../domain/outage.ts'
import type { OutageDocument, TransferDocument } from '../../domain/removal-document.ts'
import { failureFromWorkflow } from '../errors.ts'

/** What Temporal's description shows of the step that a removal is in, between two attempts as well. */
export interface PendingWork {
  /** 0 to 100. */
  progress: number | null
  /** Null before the first heartbeat of a transfer, and between two attempts of one that failed. */
  transfer: TransferDocument | null
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
  const work: PendingWork = { progress: null, transfer: null, vendorState: null, outage: null }
  for (const activity of raw.pendingActivities ?? []) {
    const heartbeat = await heartbeatOf(activity, client)
    if (activity.activityType?.name === 'checkVendorJob') {
      work.progress = heartbeat.progress ?? null
      work.vendorState = heartbeat.vendorState ?? null
    }
    work.transfer ??= transferOf(heartbeat)
    work.outage ??= await outageOf(activity, heartbeat, client)
  }
  return work
}

async function heartbeatOf(
  { heartbeatDetails }: PendingActivity,
  { options }: Client,
): Promise<Partial<WaitHeartbeat & TransferHeartbeat>> {
  if (!heartbeatDetails?.payloads?.length) return {}
  const [details] = await decodeArrayFromPayloads(options.loadedDataConverter, heartbeatDetails.payloads)
  return typeof details === 'object' && details !== null ? details : {}
}

/** What failed starts over, or goes on where it stood: nothing is moved meanwhile. */
function transferOf({
  bytes,
  totalBytes = null,
  failuresInARow = 0,
}: Partial<TransferHeartbeat>): TransferDocument | null {
  return bytes === undefined || failuresInARow > 0 ? null : { bytes, totalBytes }
}

/**
 * What the activity's heartbeat tells of failures in a row, else Temporal's word on its last attempt, since not every
 * failure leaves an activity the time for a heartbeat. Expected waiting is no failure.
 */
async function outageOf(
  activity: PendingActivity,
  heartbeat: Partial<WaitHeartbeat>,
  { options }: Client,
): Promise<OutageDocument | null> {
  const told = outageFrom(heartbeat)
  const error = await decodeOptionalFailureToOptionalError(options.loadedDataConverter, activity.lastFailure)
  const failure = failureFromWorkflow(error)
  const kind = told.lastKind ?? failure?.kind
  if (kind === undefined || (told.failuresInARow === 0 && failure === undefined)) return null
  return {
    kind,
    message: told.lastMessage ?? failure?.message ?? kind,
    attempts: told.failuresInARow || Math.max(1, (activity.attempt ?? 2) - 1),
    since: isoFrom(told.failingSince ?? millisecondsOf(activity.lastStartedTime)),
    nextTryAt: isoFrom(millisecondsOf(activity.nextAttemptScheduleTime) ?? told.nextTryAt),
  }
}

function millisecondsOf(time: Timestamp): number | null {
  const ms = Number(time?.seconds ?? 0) * 1_000 + Math.floor((time?.nanos ?? 0) / 1e6)
  return ms === 0 ? null : ms
}

function isoFrom(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
