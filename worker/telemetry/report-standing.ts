import type { Client } from '@temporalio/client'
import type { Logger } from 'pino'
import type { BudgetRow } from '../../adapters/ledger/budget-report.ts'
import type { OpenRemovals } from '../../adapters/ledger/open-removals-report.ts'
import { countOutages } from '../../client/control/count-outages.ts'
import { countParked } from '../../client/control/count-parked.ts'
import { countStuckWorkflows } from '../../client/control/count-stuck-workflows.ts'
import { ruleOf } from '../../domain/failures.ts'
import type { GaugeName, LabelsOf, Metrics } from '../../domain/metrics.ts'
import { PARKING_KINDS } from '../../domain/metrics.ts'
import { isFinal, REMOVAL_STATES } from '../../domain/removal-document.ts'
import { repeatEvery } from '../../domain/repeat-every.ts'

/** What a report needs. */
export interface ReportStandingOptions {
  client: Client
  metrics: Metrics
  log: Pick<Logger, 'warn' | 'info'>
  /** Whether this worker is the one that reports. */
  reports(): boolean
  /** Bounds the names of projects as the metrics themselves do. */
  shownProject?: (project: string) => string
  askLedger: { openRemovals(): Promise<OpenRemovals[]>; budgets(): Promise<BudgetRow[]> }
  everyMs?: number
}

/** As often as Prometheus usually asks. */
const EVERY_MS = 15_000
/** Looking for outages describes each removal that runs; once in a while is enough. */
const OUTAGES_EVERY = 4
/** A kind that is met and retried: the others park at once, or end the removal. */
const RETRIED_KINDS = PARKING_KINDS.filter((kind) => ruleOf(kind).retryable)

/**
 * Shows in the metrics, again and again, what all workers of a namespace know: unfinished and parked removals, outages,
 * held credits. One worker does; in the others these gauges are zero, so that a sum counts nothing twice. A report that
 * fails is logged once, until one succeeds again, and what was shown before stays.
 */
export function reportStanding(options: ReportStandingOptions): () => void {
  const { log, reports, everyMs = EVERY_MS } = options
  const createGauges = () =>
    createSharedGauges(options.metrics, options.shownProject ?? ((project) => project))
  // Outages are counted in rounds of their own.
  const gauges = { standing: createGauges(), outages: createGauges() }
  let turn = 0
  const words = { failing: 'parked removals cannot be counted', again: 'parked removals are counted again' }
  return repeatEvery({ pauseMs: everyMs, log, ...words }, async () => {
    try {
      const isReporter = reports()
      if (isReporter) await show(options, gauges, turn)
      // Its time may have passed while it counted.
      if (!reports()) for (const each of Object.values(gauges)) each.clear()
      options.metrics.set('matteflow_reporting', {}, reports() ? 1 : 0)
      turn = isReporter ? turn + 1 : 0
    } catch (error) {
      options.metrics.set('matteflow_reporting', {}, 0)
      throw error
    }
  })
}

async function show(
  { client, askLedger }: ReportStandingOptions,
  { standing: gauges, outages: outageGauges }: { standing: SharedGauges; outages: SharedGauges },
  turn: number,
): Promise<void> {
  const [parked, open, budgets, stuck] = await Promise.all([
    countParked(client),
    askLedger.openRemovals(),
    askLedger.budgets(),
    countStuckWorkflows(client),
  ])
  gauges.begin()
  // A kind that nobody is parked for has a series as well: an alert on a series that comes and goes misses its start.
  for (const kind of PARKING_KINDS) {
    gauges.add('matteflow_parked', { kind, project: 'default' }, 0)
    gauges.most('matteflow_oldest_parked_seconds', { kind, project: 'default' }, 0)
  }
  for (const { kind, project, count, oldestSince } of parked) {
    gauges.add('matteflow_parked', { kind, project }, count)
    gauges.most('matteflow_oldest_parked_seconds', { kind, project }, secondsSince(oldestSince))
  }
  for (const state of REMOVAL_STATES.filter((each) => !isFinal(each))) {
    gauges.add('matteflow_removals_open', { state }, 0)
    gauges.most('matteflow_oldest_open_seconds', { state }, 0)
  }
  for (const { state, count, oldestMs } of open) {
    gauges.add('matteflow_removals_open', { state }, count)
    gauges.most('matteflow_oldest_open_seconds', { state }, oldestMs / 1_000)
  }
  for (const { project, reserved } of budgets) gauges.add('matteflow_held_credits', { project }, reserved)
  gauges.add('matteflow_stuck_workflows', {}, stuck.length)
  gauges.end()
  if (turn % OUTAGES_EVERY !== 0) return
  const outages = await countOutages(client)
  outageGauges.begin()
  for (const kind of RETRIED_KINDS)
    outageGauges.add('matteflow_outages', { kind }, outages.find((each) => each.kind === kind)?.count ?? 0)
  outageGauges.end()
}

function secondsSince(moment: Date): number {
  return Math.max(0, Math.floor((Date.now() - moment.getTime()) / 1_000))
}

type SharedGauges = ReturnType<typeof createSharedGauges>

/**
 * Gauges whose series come and go, a round at a time. The exporter forgets no series, so that one that a round does not
 * name is set to zero. Projects whose names share a label are added up.
 */
function createSharedGauges(metrics: Metrics, shownProject: (project: string) => string) {
  const known = new Map<string, (value: number) => void>()
  let round = new Map<string, number>()
  const put = <Name extends GaugeName>(
    name: Name,
    labels: LabelsOf<Name>,
    merge: (before: number) => number,
  ): void => {
    const given: Record<string, string> = labels
    const shown = (
      given['project'] === undefined ? given : { ...given, project: shownProject(given['project']) }
    ) as LabelsOf<Name>
    const key = JSON.stringify([name, shown])
    known.set(key, (value) => metrics.set(name, shown, value))
    round.set(key, merge(round.get(key) ?? 0))
  }
  return {
    begin: () => void (round = new Map()),
    add: <Name extends GaugeName>(name: Name, labels: LabelsOf<Name>, value: number): void =>
      put(name, labels, (before) => before + value),
    most: <Name extends GaugeName>(name: Name, labels: LabelsOf<Name>, value: number): void =>
      put(name, labels, (before) => Math.max(before, value)),
    end(): void {
      for (const [key, show] of known) show(round.get(key) ?? 0)
    },
    clear(): void {
      for (const show of known.values()) show(0)
    },
  }
}
