import type { Client } from '@temporalio/client'
import { createLedger } from '../../adapters/ledger/ledger.ts'
import type { Database } from '../../adapters/ledger/open-database.ts'
import { openRemovalsReport } from '../../adapters/ledger/open-removals-report.ts'
import { usageReport } from '../../adapters/ledger/usage-report.ts'
import { countParked } from '../../client/control/count-parked.ts'
import type { RemovalState } from '../../domain/removal-document.ts'
import type { TrippedBreaker } from '../../domain/worker-record.ts'
import { SILENT_MS } from '../../domain/worker-record.ts'

/** How everything stands at one moment. */
export interface Standing {
  at: string
  open: { state: RemovalState; count: number; oldestMs: number }[]
  parked: { kind: string; project: string; count: number; oldestSince: string }[]
  /** Since midnight UTC, in credits. */
  today: { project: string; spent: number; reserved: number; bought: number }[]
  workers: {
    identity: string
    version: string
    build: string
    silentMs: number
    isSilent: boolean
    breakers: TrippedBreaker[]
    /** Vendor calls of its last minute, and how many failed. */
    calls: number
    failedCalls: number
  }[]
}

/** Asks Temporal what is parked, and the ledger for the rest. */
export async function standingNow(
  { client, namespace }: { client: Client; namespace: string },
  database: Database,
): Promise<Standing> {
  const now = new Date()
  const midnight = new Date(now.toISOString().slice(0, 10))
  const [open, parked, usage, workers] = await Promise.all([
    openRemovalsReport(database),
    countParked(client),
    usageReport(database, { by: ['project'], since: midnight }),
    createLedger(database).workers.seen(namespace),
  ])
  return {
    at: now.toISOString(),
    open,
    parked: parked
      .toSorted((left, right) => left.oldestSince.getTime() - right.oldestSince.getTime())
      .map(({ oldestSince, ...group }) => ({ ...group, oldestSince: oldestSince.toISOString() })),
    today: usage.rows.map(({ project, spent, reserved, bought }) => ({
      project: project ?? 'default',
      ...{ spent, reserved, bought },
    })),
    workers: workers.map(({ identity, version, build, silentMs, breakers, calls, failedCalls }) => {
      const isSilent = silentMs > SILENT_MS
      return { identity, version, build, silentMs, isSilent, breakers, calls, failedCalls }
    }),
  }
}
