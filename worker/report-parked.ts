import type { Client } from '@temporalio/client'
import type { MetricMeter } from '@temporalio/common'
import type { Logger } from 'pino'
import { countParked } from '../client/control/count-parked.ts'
import { FAILURES, isFailureKind } from '../domain/failures.ts'

/** What a report needs; the metrics' names are promises to whoever alerts on them. */
export interface ReportParkedOptions {
  client: Client
  meter: MetricMeter
  log: Pick<Logger, 'warn' | 'info'>
  everyMs?: number
}

/** As often as Prometheus usually asks. */
const EVERY_MS = 30_000
const KINDS = Object.keys(FAILURES)
  .filter(isFailureKind)
  .filter((kind) => FAILURES[kind].parks !== 'never')

/**
 * Shows in the metrics, again and again, how many removals of the namespace stand parked and for how long. Every
 * worker shows all of them. A count that fails is logged once, until one succeeds again.
 */
export function reportParked({ client, meter, log, everyMs = EVERY_MS }: ReportParkedOptions): () => void {
  const counts = meter.createGauge('matteflow_parked', 'int', 'removals', 'parked removals')
  const ages = meter.createGauge('matteflow_parked_oldest_seconds', 'int', 's', 'age of the oldest park')
  let isFailing = false
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  const report = async (): Promise<void> => {
    try {
      const parked = await countParked(client)
      for (const kind of KINDS) {
        const found = parked.find((row) => row.kind === kind)
        const ageMs = found === undefined ? 0 : Date.now() - found.oldestSince.getTime()
        counts.set(found?.count ?? 0, { kind })
        ages.set(Math.max(0, Math.floor(ageMs / 1_000)), { kind })
      }
      if (isFailing) log.info('parked removals are counted again')
      isFailing = false
    } catch (error) {
      if (!isFailing && !stopped)
        log.warn({ reason: String(error).slice(0, 300) }, 'parked removals cannot be counted')
      isFailing = true
    }
    if (!stopped) timer = setTimeout(() => void report(), everyMs)
  }
  void report()
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}
