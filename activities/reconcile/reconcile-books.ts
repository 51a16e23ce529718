import { Context, log } from '@temporalio/activity'
import type { ReadyDraft } from '../../domain/readiness.ts'
import { compareRecords } from '../../domain/reconcile/compare-records.ts'
import { compareUsage } from '../../domain/reconcile/compare-usage.ts'
import type { OurPurchase } from '../../domain/reconcile/our-purchase.ts'
import { needsStatusCheck } from '../../domain/reconcile/our-purchase.ts'
import type { ReconcileReport, ReconcileRequest } from '../../domain/reconcile/reconcile-report.ts'
import { boundedReport } from '../../domain/reconcile/reconcile-report.ts'
import type { TheirJob } from '../../domain/reconcile/their-job.ts'
import { isDraft } from '../../domain/reconcile/their-job.ts'
import { activity, heartbeat } from '../activity.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { closeReservations, findAbandoned } from './close-reservations.ts'
import type { KeyRecords } from './read-vendor-records.ts'
import { checkJobStatus, readVendorRecords } from './read-vendor-records.ts'

export interface ReconcileBooksInput extends ReconcileRequest {
  /** Names this run in the entries it posts, so that a repeated attempt still reports those of the first. */
  startedAt: string
}

const DAY_MS = 86_400_000
/** Jobs of somebody else under the same key; beyond these the first say enough. */
const MOST_UNKNOWN_CHECKS = 500

/**
 * Compares our purchases with the vendor's list, single jobs and usage summary. Settles or releases what outlived
 * its removal and has an end now; changes nothing else and buys nothing. Unfinished removals are no differences.
 */
export function reconcileBooks(deps: ActivityDependencies) {
  return activity(async ({ project, days, startedAt }: ReconcileBooksInput): Promise<ReconcileReport> => {
    const context = Context.current()
    let steps = 0
    const beat = () => {
      context.cancellationSignal.throwIfAborted()
      heartbeat({ steps: (steps += 1) })
    }
    const nowMs = await deps.now()
    // The vendor's side first: what is bought meanwhile is then in the ledger for sure.
    const { keys, blindKeys } = await readKeys({ days, nowMs, beat }, deps)
    // A day more, since where the vendor's first day begins is undocumented.
    const since = new Date(nowMs - (days + 1) * DAY_MS)
    const before = await deps.ledger.credits.review({ project, since })
    const statusChecks = await checkPurchases(before, { keys, blindKeys, beat }, deps)
    const reasonPrefix = `reconcile of ${startedAt}: `
    const closed = await closeReservations(
      { purchases: before, statusChecks, reasonPrefix, nowMs, beat },
      deps,
    )
    const purchases = closed === 0 ? before : await deps.ledger.credits.review({ project, since })
    // What no purchase knows belongs to no project.
    const listed = project === null ? keys.flatMap((key) => [...key.listed.values()]) : []
    const readyDrafts = await findReadyDrafts(listed, deps)
    const ready = new Set(readyDrafts.map(({ vendorJobId }) => vendorJobId))
    const unknownJobs = await checkUnknownJobs(
      listed.filter(({ id }) => !ready.has(id)),
      beat,
      deps,
    )
    const both = {
      purchases,
      statusChecks,
      unknownJobs,
      draftLosers: unknownJobs.length === 0 ? [] : await deps.ledger.credits.draftLosers(),
      abandonedRemovals: await findAbandoned(purchases, beat, deps),
      blindKeys,
      nowMs,
    }
    const { differences, open } = compareRecords(both)
    // A key's total is of all projects.
    const totals =
      project === null ? keys.map((key) => compareUsage({ ...usageOf(key), days, nowMs, purchases })) : []
    const report = boundedReport({
      project,
      days,
      at: new Date(nowMs).toISOString(),
      checked: {
        purchases: purchases.length,
        listedJobs: keys.reduce((sum, { listed }) => sum + listed.size, 0),
        looks: statusChecks.size + unknownJobs.length,
      },
      usage: totals.map(({ usage }) => usage),
      readyDrafts,
      closed: await deps.ledger.credits.closedFor(reasonPrefix),
      open,
      differences: [...differences, ...totals.flatMap(({ difference }) => difference ?? [])],
    })
    log.info('ledger reconciled', { project, ...report.checked, ...report.counts, closed })
    return report
  }, deps)
}

type Reading = { days: number; nowMs: number; beat: () => void }

async function readKeys(
  reading: Reading,
  deps: ActivityDependencies,
): Promise<{ keys: KeyRecords[]; blindKeys: Set<string> }> {
  const aliases = new Set([deps.vendor.current.keyAlias, ...(await deps.ledger.credits.keyAliases())])
  const keys: KeyRecords[] = []
  const blindKeys = new Set<string>()
  for (const keyAlias of aliases) {
    const key = await readVendorRecords({ keyAlias, ...reading }, deps)
    if (key === null) blindKeys.add(keyAlias)
    else keys.push(key)
  }
  return { keys, blindKeys }
}

type Seen = { keys: readonly KeyRecords[]; blindKeys: ReadonlySet<string>; beat: () => void }

async function checkPurchases(
  purchases: readonly OurPurchase[],
  { keys, blindKeys, beat }: Seen,
  deps: ActivityDependencies,
): Promise<Map<string, TheirJob | null>> {
  const statusChecks = new Map<string, TheirJob | null>()
  for (const ours of purchases) {
    const { vendorJobId, keyAlias, removalId } = ours
    if (vendorJobId === null || keyAlias === null || blindKeys.has(keyAlias)) continue
    const listed = keys.find((key) => key.keyAlias === keyAlias)?.listed.get(vendorJobId)
    if (!needsStatusCheck(ours, listed)) continue
    beat()
    const job = await checkJobStatus({ vendorJobId, keyAlias, removalId }, deps)
    if (job !== undefined) statusChecks.set(vendorJobId, job)
  }
  return statusChecks
}

/** Those of the listed jobs that our readiness checks made and nobody has started. */
async function findReadyDrafts(
  listed: readonly TheirJob[],
  deps: ActivityDependencies,
): Promise<ReadyDraft[]> {
  const drafts = listed.filter((job) => isDraft(job, 'pending'))
  return deps.ledger.readiness.draftsAmong(drafts.map(({ id }) => id))
}

async function checkUnknownJobs(
  listed: readonly TheirJob[],
  beat: () => void,
  deps: ActivityDependencies,
): Promise<TheirJob[]> {
  if (listed.length === 0) return []
  const unknown = new Set(await deps.ledger.credits.unknownJobIds(listed.map(({ id }) => id)))
  const confirmed: TheirJob[] = []
  for (const { id, keyAlias } of listed.filter((job) => unknown.has(job.id)).slice(0, MOST_UNKNOWN_CHECKS)) {
    beat()
    const job = await checkJobStatus({ vendorJobId: id, keyAlias, removalId: null }, deps)
    if (job) confirmed.push(job)
  }
  // A draft that was being recorded while it was listed is known by now.
  const still = new Set(await deps.ledger.credits.unknownJobIds(confirmed.map(({ id }) => id)))
  return confirmed.filter(({ id }) => still.has(id))
}

function usageOf({ keyAlias, usedMillicredits }: KeyRecords) {
  return { keyAlias, theirsMillicredits: usedMillicredits }
}
