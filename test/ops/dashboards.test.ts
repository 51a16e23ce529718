import { describe, expect, it } from 'vitest'
import type { MetricName } from '../../domain/metrics.ts'
import { exposedName, METRICS } from '../../domain/metrics.ts'
import { GATEWAY_METRICS } from '../../gateway/health/gateway-metrics.ts'
import { DASHBOARDS, namedInOps, readDashboard } from './support/named-metrics.ts'

describe.each(DASHBOARDS)('the dashboard of the %s', (name) => {
  it('takes its data source from a variable, and each panel has a title, a description and a unit', async () => {
    const { panels, templating, uid, description } = await readDashboard(name)
    const ids = panels.map(({ id }) => id)

    expect(uid).toBe(`matteflow-${name}`)
    expect(description).not.toBe('')
    expect(templating.list[0]).toMatchObject({ name: 'datasource', type: 'datasource' })
    expect(new Set(ids).size).toBe(ids.length)
    for (const { type, title, description: says, datasource, fieldConfig, targets } of panels) {
      if (type === 'row') continue
      expect(says, title).toBeTruthy()
      expect(fieldConfig?.defaults.unit, title).toBeTruthy()
      expect(datasource?.uid, title).toBe('${datasource}')
      expect(targets?.length, title).toBeGreaterThan(0)
      for (const { datasource: source } of targets ?? []) expect(source.uid).toBe('${datasource}')
    }
  })

  it('asks for rates over an interval that fits the scrapes, and uses each variable it has', async () => {
    const { panels, templating } = await readDashboard(name)
    const exprs = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))

    for (const expr of exprs)
      for (const [, window = ''] of expr.matchAll(/(?:rate|increase)\([^[]*\[([^\]]+)\]/g))
        expect(['$__rate_interval', '1h', '1d'], expr).toContain(window)
    for (const { name: variable } of templating.list.slice(1))
      expect(exprs.some((expr) => expr.includes(`$${variable}`))).toBe(true)
  })
})

/** Ours by the names that are scraped, a worker's and a gateway's, each with its labels. */
const LABELS = new Map<string, readonly string[]>([
  ...Object.keys(METRICS).map((name): [string, readonly string[]] => {
    const known = name as MetricName
    return [exposedName(known), METRICS[known].labels]
  }),
  ...Object.entries(GATEWAY_METRICS).map(([name, { labels }]): [string, readonly string[]] => [name, labels]),
])

describe('what dashboards and alerts name of ours', () => {
  it('is in the tables of metrics, with its labels', async () => {
    for (const { where, metric, labels } of await namedInOps()) {
      if (!metric.startsWith('matteflow_')) continue
      const known = LABELS.get(metric.replace(/_(bucket|sum|count)$/, '')) ?? LABELS.get(metric)
      expect(known, `${where}: ${metric}`).toBeDefined()
      for (const label of labels.filter((each) => each !== 'le'))
        expect(known, `${where}: ${metric}`).toContain(label)
    }
  })
})
