import type { MetricMeter, MetricTags } from '@temporalio/common'
import { noopMetricMeter } from '@temporalio/common'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { reportParked } from '../../worker/report-parked.ts'
import type { ClientEnvironment } from '../client/client-environment.ts'
import { rejectionOf, startClientEnvironment } from '../client/client-environment.ts'

let env: ClientEnvironment

beforeAll(async () => {
  env = await startClientEnvironment()
})
afterAll(() => env.close())

/** What a scrape would find. */
function aMeter(): { meter: MetricMeter; values: Record<string, number> } {
  const values: Record<string, number> = {}
  const gauge = (name: string) => ({
    ...noopMetricMeter.createGauge(name),
    set: (value: number, tags: MetricTags = {}) => void (values[`${name} ${tags['kind']}`] = value),
  })
  return {
    meter: Object.assign(Object.create(noopMetricMeter), { createGauge: gauge }) as MetricMeter,
    values,
  }
}

const CREDITS = 'matteflow_parked InsufficientCredits'
const AGE = 'matteflow_parked_oldest_seconds InsufficientCredits'
const silent = { warn: () => {}, info: () => {} }

describe('parked removals in the metrics of a worker', () => {
  it('follow visibility up and down, a row for each kind that parks', async () => {
    const { meter, values } = aMeter()
    onTestFinished(reportParked({ client: env.client, meter, log: silent, everyMs: 20 }))
    const { id } = await env.removals.start({ source: await env.aClip(), reference: 'parks' })
    await rejectionOf(env.removals.result(id))
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000)
    onTestFinished(() => clock.mockRestore())

    await vi.waitFor(() => expect(values[AGE]).toBeGreaterThanOrEqual(3_590), { timeout: 5_000 })
    expect(values[CREDITS]).toBe(1)
    expect(values['matteflow_parked VendorUnavailable']).toBe(0)
    expect(values).not.toHaveProperty('matteflow_parked ProcessingFailed')
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
    onTestFinished(reportParked({ client: env.client, meter: aMeter().meter, log, everyMs: 5 }))

    await vi.waitFor(() => expect(asked).toBeGreaterThan(3))
    expect(lines).toEqual(['parked removals cannot be counted'])
    list.mockRestore()
    await vi.waitFor(() => expect(lines.at(-1)).toBe('parked removals are counted again'))
  })
})
