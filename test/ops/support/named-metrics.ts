import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export const OPS = join(import.meta.dirname, '../../../ops')
export const DASHBOARDS = ['business', 'engine'] as const

/** A query of a dashboard or an alert asks for a metric, perhaps by some labels. */
export interface NamedMetric {
  where: string
  metric: string
  labels: string[]
}

interface Panel {
  id: number
  type: string
  title: string
  description?: string
  datasource?: { type: string; uid: string }
  fieldConfig?: { defaults: { unit?: string } }
  targets?: { expr: string; legendFormat: string; datasource: { uid: string } }[]
}
export interface Dashboard {
  uid: string
  title: string
  description: string
  panels: Panel[]
  templating: { list: { name: string; type: string; definition?: string }[] }
}

export async function readDashboard(name: (typeof DASHBOARDS)[number]): Promise<Dashboard> {
  return JSON.parse(await readFile(join(OPS, 'grafana/dashboards', `${name}.json`), 'utf8')) as Dashboard
}

/** One rule of alerts.yml, as its text has it. */
export interface Alert {
  name: string
  expr: string
  for: string
  severity: string
  runbook: string
  /** The labels that its words fill in. */
  said: string[]
}

export async function readAlerts(): Promise<Alert[]> {
  const text = await readFile(join(OPS, 'prometheus/alerts.yml'), 'utf8')
  return text
    .split(/^ +- alert: /m)
    .slice(1)
    .map((rule) => ({
      name: /^\w+/.exec(rule)?.[0] ?? '',
      expr: /expr:\s*(?:\|\n)?([\s\S]*?)\n\s+for:/.exec(rule)?.[1]?.trim() ?? '',
      for: /for: (\w+)/.exec(rule)?.[1] ?? '',
      severity: /severity: (\w+)/.exec(rule)?.[1] ?? '',
      runbook: /runbook: (\S+)/.exec(rule)?.[1] ?? '',
      said: [...rule.matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label),
    }))
}

/** Every metric that a dashboard or an alert names, with the labels that it is asked by. */
export async function namedInOps(): Promise<NamedMetric[]> {
  const alerts = (await readAlerts()).flatMap(({ name, expr, said }) => namedIn(name, expr, said))
  const panels = await Promise.all(
    DASHBOARDS.map(async (name) =>
      (await readDashboard(name)).panels.flatMap(({ title, targets = [] }) =>
        targets.flatMap(({ expr, legendFormat }) =>
          namedIn(
            `${name}: ${title}`,
            expr,
            [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, l = '']) => l),
          ),
        ),
      ),
    ),
  )
  return [...alerts, ...panels.flat()]
}

function namedIn(where: string, expr: string, said: string[]): NamedMetric[] {
  const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/))
  const found = expr.matchAll(/\b((?:matteflow|temporal)_[a-z0-9_]+)(?:\{([^}]*)\})?/g)
  return [...found].map(([, metric = '', matchers = '']) => {
    const asked = [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label)
    return { where, metric, labels: [...new Set([...asked, ...grouped, ...said])] }
  })
}

/** The labels of every metric of a scrape. */
export function seenMetrics(scraped: string): Map<string, Set<string>> {
  const seen = new Map<string, Set<string>>()
  for (const [, name = '', labels = ''] of scraped.matchAll(/^([a-z_]+)(?:\{(.*)\})? \S+$/gm)) {
    const known = seen.get(name) ?? new Set()
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label)
    seen.set(name, known)
  }
  return seen
}

export function isSeen(metric: string, labels: readonly string[], seen: Map<string, Set<string>>): boolean {
  const known = seen.get(metric)
  return known !== undefined && labels.every((label) => known.has(label))
}
