import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { findPromtool } from '#tools'
import { OPS, readAlerts } from './support/named-metrics.ts'

const run = promisify(execFile)
const promtool = await findPromtool()
const PROMETHEUS = join(OPS, 'prometheus')
const RUNBOOKS = join(import.meta.dirname, '../../docs/runbooks.md')

/** The tests of the rules by their names, as text; what stands before the first is common to all. */
async function ruleTests(): Promise<{ common: string; tests: Map<string, string> }> {
  const text = await readFile(join(PROMETHEUS, 'alerts.test.yml'), 'utf8')
  const [common = '', ...tests] = text.split(/^(?= {2}- name: )/m)
  return { common, tests: new Map(tests.map((test) => [/- name: (.*)/.exec(test)?.[1] ?? '', test])) }
}

/** A copy of the rules, changed on purpose, with the one test that is to catch it. */
async function changed(change: (rules: string) => string, test: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'matteflow-alerts-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await cp(PROMETHEUS, folder, { recursive: true })
  const path = join(folder, 'alerts.yml')
  const before = await readFile(path, 'utf8')
  const after = change(before)
  expect(after).not.toBe(before)
  await writeFile(path, after)
  const { common, tests } = await ruleTests()
  await writeFile(join(folder, 'alerts.test.yml'), common + tests.get(test))
  return folder
}

const judge = (folder: string) => run(promtool ?? '', ['test', 'rules', join(folder, 'alerts.test.yml')])

describe.skipIf(promtool === undefined)('the alerts, by promtool (skipped where it is not installed)', () => {
  it('are rules that Prometheus takes, in a configuration that it takes', async () => {
    await run(promtool ?? '', ['check', 'rules', join(PROMETHEUS, 'alerts.yml')])
    await run(promtool ?? '', ['check', 'config', '--syntax-only', join(PROMETHEUS, 'prometheus.yml')])
  })

  it('fire where they should, and stay silent in a restart, on an idle night and in a burst', async () => {
    expect((await judge(PROMETHEUS)).stdout).toContain('SUCCESS')
  })

  it.each([
    [
      'a threshold that is never met',
      'MatteflowNoCredits fires',
      (rules: string) => rules.replaceAll(' > 0\n', ' > 1000\n'),
    ],
    [
      'an alert on a breaker that is closed',
      'silent on an idle night',
      (rules: string) => rules.replace('matteflow_breaker) == 2', 'matteflow_breaker) >= 0'),
    ],
    [
      'no time to wait in a restart',
      'silent during a rolling restart',
      (rules: string) => rules.replaceAll(/for: \d+m/g, 'for: 0m'),
    ],
    [
      'an alert on each refusal of the vendor',
      'silent in a large burst',
      (rules: string) =>
        rules.replace('(matteflow_outages) > 5', '(matteflow_outages) > 0').replaceAll('for: 10m', 'for: 1m'),
    ],
  ])('are caught with %s by "%s"', async (_what, test, change) => {
    const folder = await changed(change, test)

    await expect(judge(folder)).rejects.toThrow(/FAILED/)
  })
})

describe.each(['silent on an idle night', 'silent during a rolling restart', 'silent in a large burst'])(
  'the proof that all alerts are %s',
  (name) => {
    it('has a series of each metric that an alert asks for, since nothing is silent about nothing', async () => {
      const { tests } = await ruleTests()
      const test = tests.get(name) ?? ''

      for (const { name: alert, expr } of await readAlerts())
        for (const [metric] of expr.matchAll(/\b(?:up|(?:matteflow|temporal)_\w+)(?=[{[) ])/g))
          expect(test, `${alert}: ${metric}`).toMatch(new RegExp(`series: ['"]${metric}['"{]`))
    })
  },
)

describe('every alert', () => {
  it('has a time, a severity, and a line of the runbooks that is there', async () => {
    const alerts = await readAlerts()
    const anchors = [...(await readFile(RUNBOOKS, 'utf8')).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
      anchorOf(title),
    )

    expect(alerts.length).toBeGreaterThan(20)
    for (const alert of alerts) {
      expect(alert.for, alert.name).toMatch(/^\d+m$/)
      expect(['page', 'ticket'], alert.name).toContain(alert.severity)
      const [page, anchor] = alert.runbook.split('#')
      expect(page).toBe('docs/runbooks.md')
      expect(anchors, `${alert.name}: ${alert.runbook}`).toContain(anchor)
    }
  })

  it('is proven to fire, and to be silent a moment before', async () => {
    const { tests } = await ruleTests()

    for (const { name } of await readAlerts()) {
      const test = tests.get(`${name} fires`) ?? ''
      expect(test, name).toContain(`alertname="${name}", alertstate="firing"`)
      expect(test, name).toMatch(/eval_time: \d+m\n {6}- expr/)
    }
  })
})

/** As GitHub makes it of a heading. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(' ', '-')
}
