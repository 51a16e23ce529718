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

/** A copy of the rules, changed on purpose. */
async function changed(change: (rules: string) => string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'matteflow-alerts-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await cp(PROMETHEUS, folder, { recursive: true })
  const path = join(folder, 'alerts.yml')
  const before = await readFile(path, 'utf8')
  await writeFile(path, change(before))
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
    ['a threshold that is never met', (rules: string) => rules.replaceAll(' > 0\n', ' > 1000\n')],
    [
      'an alert on any park at once',
      (rules: string) => rules.replace('matteflow_breaker) == 2', 'matteflow_breaker) >= 0'),
    ],
    [
      'no time to wait in a restart',
      (rules: string) =>
        rules.replace(
          'for: 5m\n        labels: { severity: page }\n        annotations:\n          summary: "no worker can say',
          'for: 0m\n        labels: { severity: page }\n        annotations:\n          summary: "no worker can say',
        ),
    ],
  ])('are caught with %s', async (_what, change) => {
    const folder = await changed(change)

    await expect(judge(folder)).rejects.toThrow()
  })
})

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

  it('is proven to fire', async () => {
    const tests = await readFile(join(PROMETHEUS, 'alerts.test.yml'), 'utf8')

    for (const { name } of await readAlerts())
      expect(tests, name).toContain(`alertname="${name}", alertstate="firing"`)
  })
})

/** As GitHub makes it of a heading. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(' ', '-')
}
