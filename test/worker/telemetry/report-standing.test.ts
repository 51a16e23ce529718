import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Metrics } from '../../../domain/metrics.ts'
import { NO_METRICS } from '../../../domain/metrics.ts'
import { createProjectLabels } from '../../../domain/project-labels.ts'
import { reportStanding } from '../../../worker/telemetry/report-standing.ts'
import type { ClientEnvironment } from '../../client/support/client-environment.ts'
import { rejectionOf, startClientEnvironment } from '../../client/support/client-environment.ts'

let env: ClientEnvironment

beforeAll(async () => {
  env = await startClientEnvironment()
})
afterAll(() => env.close())

/** What a scrape would find. */
function someMetrics(): { metrics: Metrics; values: Record<string, number> } {
  const values: Record<string, number> = {}
  const metrics: Metrics = {
    ...NO_METRICS,
    set: (name, labels, value) => void (values[[name, ...Object.values(labels)].join(' ')] = value),
  }
  return { metrics, values }
}

const askLedger = {
  openRemovals: async () => [{ state: 'processing' as const, count: 3, oldestMs: 90_000 }],
  budgets: async () => [{ project: 'acme', limit: null, reserved: 2.25, spent: 1, left: null }],
}
const CREDITS = 'matteflow_parked InsufficientCredits default'
const AGE = 'matteflow_oldest_parked_seconds InsufficientCredits default'

/** Reports to the end of the test, and tells nobody unless it is given whom. */
function reporting(given: Partial<Parameters<typeof reportStanding>[0]>): void {
  const log = { warn: () => {}, info: () => {} }
  const parts = { client: env.client, metrics: NO_METRICS, log, reports: () => true, askLedger, everyMs: 5 }
  onTestFinished(reportStanding({ ...parts, ...given }))
}

describe('what all workers know, in the metrics of the one that reports', () => {
  it('follow visibility up and down, a row for each kind that parks', async () => {
    const { metrics, values } = someMetrics()
    reporting({ metrics, everyMs: 20 })
    const { id } = await env.removals.start({ source: await env.aClip(), reference: 'parks' })
    await rejectionOf(env.removals.result(id))
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000)
    onTestFinished(() => clock.mockRestore())

    await vi.waitFor(() => expect(values[AGE]).toBeGreaterThanOrEqual(3_590), { timeout: 5_000 })
    expect(values[CREDITS]).toBe(1)
    expect(values['matteflow_parked VendorUnavailable default']).toBe(0)
    expect(values).not.toHaveProperty('matteflow_parked ProcessingFailed default')
    clock.mockRestore()

    await env.removals.resume(id)
    await vi.waitFor(() => expect(values[CREDITS]).toBe(0), { timeout: 5_000 })
    expect(values[AGE]).toBe(0)
  })

  it('are missed once in the log while Temporal does not answer, and counted again afterwards', async () => {
    const lines: string[] = []
    const log = {
      warn: (_facts: unknown, line?: string) => void lines.push(String(line)),
      info: (line: unknown) => void lines.push(String(line)),
    }
    let asked = 0
    const list = vi.spyOn(env.client.workflow, 'list').mockImplementation(() => {
      asked += 1
      throw new Error('away')
    })
    reporting({ log })

    await vi.waitFor(() => expect(asked).toBeGreaterThan(3))
    expect(lines).toEqual(['parked removals cannot be counted'])
    list.mockRestore()
    await vi.waitFor(() => expect(lines.at(-1)).toBe('parked removals are counted again'))
  })
})

describe('a worker that reports no longer', () => {
  it('shows zero for all that another one reports now', async () => {
    const { metrics, values } = someMetrics()
    let isReporter = true
    reporting({ metrics, reports: () => isReporter })
    await vi.waitFor(() => expect(values['matteflow_reporting']).toBe(1))
    expect(values).toMatchObject({
      'matteflow_removals_open processing': 3,
      'matteflow_oldest_open_seconds processing': 90,
      'matteflow_removals_open parked': 0,
      'matteflow_held_credits acme': 2.25,
    })

    isReporter = false
    await vi.waitFor(() => expect(values['matteflow_reporting']).toBe(0))
    expect(values).toMatchObject({
      'matteflow_removals_open processing': 0,
      'matteflow_oldest_open_seconds processing': 0,
      'matteflow_held_credits acme': 0,
    })
  })
})

describe('projects that share a label', () => {
  it('are added up', async () => {
    const { metrics, values } = someMetrics()
    const budgets = async () =>
      ['one', 'two', 'three'].map((project) => ({ project, limit: null, reserved: 2, spent: 0, left: null }))
    reporting({ metrics, shownProject: createProjectLabels(1), askLedger: { ...askLedger, budgets } })

    // `default` was there first: it has a series for each kind that parks.
    await vi.waitFor(() => expect(values['matteflow_held_credits other']).toBe(6))
  })
})
