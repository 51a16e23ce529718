import { FAILURES, isFailureKind } from './failures.ts'

/** What a metric is, as Prometheus sees it. */
type MetricKind = 'counter' | 'gauge' | 'histogram'

/** One metric of ours. */
interface MetricRow {
  kind: MetricKind
  labels: readonly string[]
  /** What it says, for whoever reads it at `/metrics`. */
  says: string
  /** A histogram's unit and the bounds of its buckets, chosen so that a p95 falls between two near ones. */
  unit?: 'seconds' | 'purchases'
  buckets?: readonly number[]
  /** Reported by one worker of a namespace alone, so that a sum over all of them counts nothing twice. */
  byOne?: true
}

/** From a fast answer on a local network to the longest call. */
const CALL_SECONDS = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30] as const
/** A query or a small object. */
const OWN_SECONDS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 15] as const
/** From a preview to a film. */
const JOB_SECONDS = [1, 3, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400] as const

/**
 * Every metric of ours, by the name that it has before Prometheus's suffixes (`exposedName` adds them). The names and
 * labels are promises to whoever alerts on them; `ops/` and docs/operations.md use no others.
 */
export const METRICS = {
  matteflow_build_info: {
    kind: 'gauge',
    labels: ['version', 'build', 'temporal_sdk', 'node'],
    says: 'always 1; which build runs',
  },
  matteflow_removals_ended: {
    kind: 'counter',
    labels: ['state', 'kind', 'project'],
    says: 'removals that ended, by state and kind of failure',
  },
  matteflow_removals_parked: {
    kind: 'counter',
    labels: ['kind', 'project'],
    says: 'parks that began',
  },
  matteflow_removal: {
    kind: 'histogram',
    unit: 'purchases',
    buckets: [0, 1, 2, 3, 4],
    labels: ['state'],
    says: 'vendor jobs that were started for a removal, when it ends',
  },
  matteflow_removals_open: {
    kind: 'gauge',
    labels: ['state'],
    byOne: true,
    says: 'unfinished removals by state, as the ledger knows them',
  },
  matteflow_oldest_open_seconds: {
    kind: 'gauge',
    labels: ['state'],
    byOne: true,
    says: 'age of the oldest unfinished removal of a state',
  },
  matteflow_parked: {
    kind: 'gauge',
    labels: ['kind', 'project'],
    byOne: true,
    says: 'removals that stand parked',
  },
  matteflow_oldest_parked_seconds: {
    kind: 'gauge',
    labels: ['kind', 'project'],
    byOne: true,
    says: 'for how long the removal that is parked for longest is',
  },
  matteflow_outages: {
    kind: 'gauge',
    labels: ['kind'],
    byOne: true,
    says: 'removals whose step fails and is tried again, and that have not parked yet',
  },
  matteflow_stuck_workflows: {
    kind: 'gauge',
    labels: [],
    byOne: true,
    says: 'workflows that Temporal reports problems of (TemporalReportedProblems)',
  },
  matteflow_held_credits: {
    kind: 'gauge',
    labels: ['project'],
    byOne: true,
    says: 'credits held for purchases that have not ended',
  },
  matteflow_reporting: {
    kind: 'gauge',
    labels: [],
    says: '1 in the one worker that reports what all of them know, else 0',
  },
  matteflow_millicredits_reserved: {
    kind: 'counter',
    labels: ['project', 'model'],
    says: 'thousandths of a credit that were held for purchases',
  },
  matteflow_millicredits_charged: {
    kind: 'counter',
    labels: ['project', 'model', 'state'],
    says: 'thousandths of a credit that removals were charged when they ended, by the model of each purchase',
  },
  matteflow_millicredits_released: {
    kind: 'counter',
    labels: ['project', 'model'],
    says: 'thousandths of a credit that were held and not spent',
  },
  matteflow_vendor_calls: {
    kind: 'counter',
    labels: ['operation', 'status', 'kind'],
    says: 'calls to the vendor, by HTTP status (none where no answer came) and kind of failure',
  },
  matteflow_vendor_call_duration: {
    kind: 'histogram',
    unit: 'seconds',
    buckets: CALL_SECONDS,
    labels: ['operation'],
    says: 'how long calls to the vendor took',
  },
  matteflow_vendor_queue_duration: {
    kind: 'histogram',
    unit: 'seconds',
    buckets: JOB_SECONDS,
    labels: ['model'],
    says: 'from the start of a vendor job until it was seen to be processed',
  },
  matteflow_vendor_processing_duration: {
    kind: 'histogram',
    unit: 'seconds',
    buckets: JOB_SECONDS,
    labels: ['model'],
    says: 'from there until it was seen to have ended',
  },
  matteflow_vendor_job_duration: {
    kind: 'histogram',
    unit: 'seconds',
    buckets: JOB_SECONDS,
    labels: ['model', 'state'],
    says: 'from the start of a vendor job until it was seen to have ended',
  },
  matteflow_vendor_job_ends: {
    kind: 'counter',
    labels: ['seen_by'],
    says: 'ends of vendor jobs, by what saw them first: a planned poll, or the one after a callback',
  },
  matteflow_unknown_statuses: {
    kind: 'counter',
    labels: [],
    says: 'vendor statuses that are not in its contract; the removal waits on',
  },
  matteflow_breaker: {
    kind: 'gauge',
    labels: ['operation'],
    says: 'circuit breaker of this worker: 0 closed, 1 half-open, 2 open',
  },
  matteflow_starts_in_doubt: {
    kind: 'counter',
    labels: [],
    says: 'starts whose answer left open whether they happened',
  },
  matteflow_starts_checked: {
    kind: 'counter',
    labels: ['outcome'],
    says: 'starts in doubt that a status check resolved: started (and not repeated), repeated, or unknown',
  },
  matteflow_orphan_drafts: {
    kind: 'counter',
    labels: [],
    says: 'drafts that may have been left at the vendor; they cost nothing',
  },
  matteflow_outputs: {
    kind: 'counter',
    labels: ['verdict', 'format'],
    says: 'outputs that were verified as fine, delivered with a doubt, or refused',
  },
  matteflow_moved_bytes: {
    kind: 'counter',
    labels: ['direction'],
    says: 'bytes of video to the vendor (up) and from it (down)',
  },
  matteflow_ledger_duration: {
    kind: 'histogram',
    unit: 'seconds',
    buckets: OWN_SECONDS,
    labels: ['records', 'outcome'],
    says: 'how long questions to the ledger took',
  },
  matteflow_storage_duration: {
    kind: 'histogram',
    unit: 'seconds',
    buckets: CALL_SECONDS,
    labels: ['operation', 'outcome'],
    says: 'how long calls to the storage took',
  },
  matteflow_notifications: {
    kind: 'counter',
    labels: ['outcome'],
    says: 'words about parks that were sent to MATTEFLOW_NOTIFY_URL, or could not be',
  },
} as const satisfies Record<string, MetricRow>

export type MetricName = keyof typeof METRICS
type NameOf<Kind extends MetricKind> = {
  [Name in MetricName]: (typeof METRICS)[Name]['kind'] extends Kind ? Name : never
}[MetricName]
type CounterName = NameOf<'counter'>
export type GaugeName = NameOf<'gauge'>
type HistogramName = NameOf<'histogram'>
/** Every label of a metric, and no other. */
export type LabelsOf<Name extends MetricName> = Record<(typeof METRICS)[Name]['labels'][number], string>

/** Where metrics go. Nothing that it is told ever fails. */
export interface Metrics {
  count<Name extends CounterName>(name: Name, labels: LabelsOf<Name>, by?: number): void
  observe<Name extends HistogramName>(name: Name, labels: LabelsOf<Name>, value: number): void
  set<Name extends GaugeName>(name: Name, labels: LabelsOf<Name>, value: number): void
}

/** For whoever asks for no metrics. */
export const NO_METRICS: Metrics = { count() {}, observe() {}, set() {} }

/** The name that Prometheus scrapes; of a histogram the part before `_bucket`, `_sum` and `_count`. */
export function exposedName(name: MetricName): string {
  const row: MetricRow = METRICS[name]
  if (row.kind === 'counter') return `${name}_total`
  return row.unit === undefined ? name : `${name}_${row.unit}`
}

/** The kinds that a removal may be parked for: one series each, also while there is none. */
export const PARKING_KINDS = Object.keys(FAILURES)
  .filter(isFailureKind)
  .filter((kind) => FAILURES[kind].parks !== 'never')
