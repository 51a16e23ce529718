import { ApplicationFailureCategory } from '@temporalio/common'
import { startRecordOf } from '../../../adapters/ledger/start-records.ts'
import type { StartRecord } from '../../../domain/start-decision.ts'
import type { aDrafted } from './bought-so-far.ts'
import { failureOf, runActivity } from './run-activity.ts'
import type { Stage } from './stage.ts'

type Drafted = Awaited<ReturnType<typeof aDrafted>>

export const start = ({ activities }: Stage, removal: Drafted) =>
  runActivity(activities.startVendorJob, removal)

export const failedStart = ({ activities }: Stage, removal: Drafted) =>
  failureOf(activities.startVendorJob, removal)

export async function recordedStart({ deps }: Stage, removal: Drafted): Promise<StartRecord> {
  return startRecordOf((await deps.ledger.vendorJobs.find(removal))!)
}

/** What leaves an attempt that waits for a start in doubt to show. */
export const WAITING = {
  type: 'StillWaiting',
  category: ApplicationFailureCategory.BENIGN,
  nonRetryable: false,
  context: { startUnclear: true },
}

/** Longer than a call and its doubt window together. */
export const WINDOW_MS = 95_000
