import type { ReadyDraft } from '../readiness.ts'
import type { KeyUsage } from './compare-usage.ts'
import type { Difference, DifferenceKind, OpenPurchase } from './difference.ts'
import { DIFFERENCE_KINDS } from './difference.ts'

/** What is to be reconciled. */
export interface ReconcileRequest {
  /** Null: everything, the keys' totals and jobs of nobody included; a project alone has neither. */
  project: string | null
  /** So many days back, 1 to 90: the vendor's usage summary goes no further (docs/vendors/removebgvideo.md §13). */
  days: number
}

/** A reservation that reconcile closed, credits exact to 1/1000. */
export interface ClosedReservation {
  removalId: string
  purchase: number
  vendorJobId: string | null
  closing: 'settle' | 'release'
  spent: number
  reason: string
}

/** The outcome of one comparison of our ledger with the vendor's records. Bounded: `counts` are whole, the lists may be cut. */
export interface ReconcileReport extends ReconcileRequest {
  at: string
  checked: { purchases: number; listedJobs: number; looks: number }
  usage: KeyUsage[]
  /** Drafts that our readiness checks made: they cost nothing. Reports of earlier versions do not say. */
  readyDrafts?: ReadyDraft[]
  /** What this run settled or released. */
  closed: ClosedReservation[]
  /** Nothing is wrong with these, they are just not over. */
  open: OpenPurchase[]
  differences: Difference[]
  counts: Record<DifferenceKind, number>
  /** How many rows of the lists were left out. */
  omitted: number
}

/** As many rows as a person reads and a workflow's result carries. */
const MOST_ROWS = 300

/** A report with its lists cut to size and its differences counted; worst kinds first. */
export function boundedReport(report: Omit<ReconcileReport, 'counts' | 'omitted'>): ReconcileReport {
  const counts = Object.fromEntries(
    DIFFERENCE_KINDS.map((kind) => [
      kind,
      report.differences.filter((difference) => difference.kind === kind).length,
    ]),
  ) as Record<DifferenceKind, number>
  const rank = ({ kind }: Difference) => DIFFERENCE_KINDS.indexOf(kind)
  const differences = report.differences.toSorted((left, right) => rank(left) - rank(right))
  const { readyDrafts = [] } = report
  const cut = (rows: readonly unknown[]) => Math.max(0, rows.length - MOST_ROWS)
  return {
    ...report,
    differences: differences.slice(0, MOST_ROWS),
    closed: report.closed.slice(0, MOST_ROWS),
    open: report.open.slice(0, MOST_ROWS),
    readyDrafts: readyDrafts.slice(0, MOST_ROWS),
    counts,
    omitted: cut(differences) + cut(report.closed) + cut(report.open) + cut(readyDrafts),
  }
}
