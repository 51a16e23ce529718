import type { MetricCounter, MetricGauge, MetricHistogram, MetricMeter } from '@temporalio/common'
import type { MetricName, Metrics } from '../../domain/metrics.ts'
import { METRICS } from '../../domain/metrics.ts'
import { createProjectLabels } from '../../domain/project-labels.ts'

/** As Prometheus names things: counters end in `_total`, durations are seconds, the SDK's own metrics as well as ours. */
export const EXPORTER_FORM = {
  countersTotalSuffix: true,
  unitSuffix: true,
  useSecondsForDurations: true,
  histogramBucketOverrides: Object.fromEntries(
    Object.entries(METRICS).flatMap(([name, row]) =>
      'buckets' in row ? [[name, [...row.buckets]] as [string, number[]]] : [],
    ),
  ),
} as const

/**
 * Our metrics through the SDK's own meter, so that one scrape has Temporal's and ours, in one form. Every instrument is
 * made once, at its first use.
 */
export function createMetrics(meter: MetricMeter, shownProject = createProjectLabels()): Metrics {
  const counters = new Map<MetricName, MetricCounter>()
  const gauges = new Map<MetricName, MetricGauge>()
  const histograms = new Map<MetricName, MetricHistogram>()
  const bounded = (labels: Record<string, string>): Record<string, string> =>
    labels['project'] === undefined ? labels : { ...labels, project: shownProject(labels['project']) }
  return {
    count(name, labels, by = 1) {
      made(counters, name, () => meter.createCounter(name, '', METRICS[name].says)).add(
        Math.max(0, Math.round(by)),
        bounded(labels),
      )
    },
    set(name, labels, value) {
      made(gauges, name, () => meter.createGauge(name, 'float', '', METRICS[name].says)).set(
        value,
        bounded(labels),
      )
    },
    observe(name, labels, value) {
      const { unit, says } = METRICS[name]
      made(histograms, name, () => meter.createHistogram(name, 'float', unit, says)).record(
        Math.max(0, value),
        bounded(labels),
      )
    },
  }
}

function made<Instrument>(
  known: Map<MetricName, Instrument>,
  name: MetricName,
  make: () => Instrument,
): Instrument {
  const found = known.get(name) ?? make()
  known.set(name, found)
  return found
}
