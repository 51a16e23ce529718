import type { ReconcileReport } from '../../domain/reconcile/reconcile-report.ts'
import { plainTable } from '../terminal/plain-table.ts'

/** A report as people read it: what differs first with what to do, then what was settled and what is open. */
export function reconcileLines(report: ReconcileReport): string[] {
  const { differences, closed, open, usage, checked, omitted, readyDrafts = [] } = report
  return [
    ...differences.flatMap(differenceLines),
    ...(closed.length === 0 ? [] : ['settled or released by this run:', closedTable(report), '']),
    ...open.flatMap((purchase) => [
      `open: removal ${purchase.removalId} purchase ${purchase.purchase}, ${purchase.held} credits held: ${purchase.seen}`,
      `  ${purchase.next}`,
    ]),
    ...readyLines(readyDrafts),
    ...(usage.length === 0 ? [] : [usageTable(report), '']),
    ...(omitted === 0 ? [] : [`${omitted} more rows are left out; narrow it with --project or --days`]),
    `${differences.length === 0 ? 'no difference' : `${Object.values(report.counts).reduce((sum, count) => sum + count, 0)} differences`}: ${checked.purchases} purchases of ${report.days} days compared with ${checked.listedJobs} vendor jobs, ${checked.looks} looked at`,
  ]
}

/** They are ours, cost nothing, and need nothing done. */
function readyLines(drafts: NonNullable<ReconcileReport['readyDrafts']>): string[] {
  return drafts.map(
    ({ vendorJobId, keyAlias, checkId }) =>
      `draft of ours: vendor job ${vendorJobId}, key ${keyAlias}, made by the readiness check ${checkId}; it costs nothing`,
  )
}

function differenceLines(difference: ReconcileReport['differences'][number]): string[] {
  const { kind, removalId, purchase, vendorJobId, keyAlias, ours, theirs, seen, next } = difference
  const about = [
    removalId === null ? null : `removal ${removalId}`,
    purchase === null ? null : `purchase ${purchase}`,
    vendorJobId === null ? null : `vendor job ${vendorJobId}`,
    keyAlias === null ? null : `key ${keyAlias}`,
  ].filter((part) => part !== null)
  return [
    `${kind}: ${about.join(', ')}`,
    `  ${seen}; credits by our ledger ${ours ?? 'unknown'}, by the vendor's figures ${theirs ?? 'unknown'}`,
    `  ${next}`,
    '',
  ]
}

function closedTable({ closed }: ReconcileReport): string {
  return plainTable(
    ['removal', 'purchase', 'entry', 'spent', 'reason'],
    closed.map((row) => [row.removalId, row.purchase, row.closing, row.spent, row.reason]),
  )
}

function usageTable({ usage }: ReconcileReport): string {
  return plainTable(
    ['key', 'our credits', 'held', 'vendor'],
    usage.map((row) => [row.keyAlias, row.ours, row.open, row.theirs ?? 'no figure']),
  )
}
