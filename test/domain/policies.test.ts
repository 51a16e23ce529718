import { describe, expect, it } from 'vitest'
import { FAILURES } from '../../domain/failures.ts'
import { RETRY_AFTER_BOUNDS_MS } from '../../domain/outage.ts'
import type { ActivityName } from '../../domain/policies.ts'
import { DEFAULT_POLICY_SETTINGS, policiesFrom, TASK_QUEUES, wakeDelayMs } from '../../domain/policies.ts'

const policies = policiesFrom(DEFAULT_POLICY_SETTINGS)
const rows = Object.entries(policies) as [ActivityName, (typeof policies)[ActivityName]][]

const QUEUES: Partial<Record<ActivityName, string>> = {
  admitRemoval: 'matteflow',
  reserveCredits: 'matteflow',
  settleRemoval: 'matteflow',
  recordPark: 'matteflow',
  deleteRemoval: 'matteflow',
  deleteExpired: 'matteflow',
  sendWebhook: 'matteflow-webhooks',
  closeWebhook: 'matteflow',
  reconcileBooks: 'matteflow-status',
  findParkNews: 'matteflow',
  sendParkNews: 'matteflow',
  uploadInput: 'matteflow-transfer',
  createVendorJob: 'matteflow-submit',
  startVendorJob: 'matteflow-submit',
  checkVendorJob: 'matteflow-status',
  retrieveOutput: 'matteflow-transfer',
  checkLedger: 'matteflow',
  checkStorage: 'matteflow',
  makeReadyDraft: 'matteflow-submit',
  replayOpen: 'matteflow',
}
const DAY_MS = 86_400_000
const POLLING: ActivityName[] = ['startVendorJob', 'checkVendorJob', 'findParkNews']
const TRANSFERS: ActivityName[] = ['uploadInput', 'retrieveOutput']
const CALLS: ActivityName[] = ['createVendorJob', 'startVendorJob', 'checkVendorJob']

/** Somebody waits for these: a worker that is not ready soon is not ready. */
const READY: ActivityName[] = ['checkLedger', 'checkStorage', 'makeReadyDraft', 'replayOpen']
const READY_BUDGET_MS = 20_000
const RECEIVER: ActivityName = 'sendWebhook'

/** All pauses between the tries of a policy together. */
function wholeMs(retry: (typeof policies)[ActivityName]['retry']): number {
  const pauses = Array.from({ length: (retry.maximumAttempts ?? 1) - 1 }, (_, index) =>
    Math.min(retry.maximumIntervalMs, retry.initialIntervalMs * retry.backoffCoefficient ** index),
  )
  return pauses.reduce((sum, pause) => sum + pause, 0)
}

describe.each(rows)('the policy of %s', (name, policy) => {
  it('ends at some time, and leaves room for more than one attempt', () => {
    expect(policy.scheduleToCloseTimeoutMs).toBeGreaterThan(policy.startToCloseTimeoutMs)
    expect(policy.scheduleToCloseTimeoutMs).toBeLessThanOrEqual(90 * 86_400_000)
  })

  it('runs it on the promised queue', () => {
    expect(policy.taskQueue).toBe(QUEUES[name])
  })

  it('consists of whole milliseconds', () => {
    for (const value of Object.values(policy))
      if (typeof value === 'number') expect(Number.isInteger(value)).toBe(true)
  })
})

describe.each(rows)('the retries of %s', (name, { retry }) => {
  it('are declared whole, and end with every kind that no repeat can mend', () => {
    const pace = name === RECEIVER ? [5_000, 5] : [1_000, 2]
    expect([retry.initialIntervalMs, retry.backoffCoefficient]).toEqual(pace)
    expect(retry.maximumIntervalMs).toBeGreaterThan(retry.initialIntervalMs)
    expect([...retry.nonRetryableErrorTypes].sort()).toEqual(
      Object.entries(FAILURES)
        .filter(([, rule]) => !rule.retryable)
        .map(([kind]) => kind)
        .sort(),
    )
  })

  it('have a number that the budget never reaches, but where attempts are polls', () => {
    // A receiver has a number of tries, not a budget: ten of them take 75 hours.
    if (name === RECEIVER) return expect(wholeMs(retry) / 3_600_000).toBeCloseTo(75.13, 1)
    if (POLLING.includes(name)) return expect(retry.maximumAttempts).toBeUndefined()
    const shortestMs = (retry.maximumAttempts ?? 0) * RETRY_AFTER_BOUNDS_MS.least
    const { outageBudgetMs } = DEFAULT_POLICY_SETTINGS
    expect(shortestMs).toBeGreaterThan(READY.includes(name) ? READY_BUDGET_MS : outageBudgetMs)
  })
})

describe('a queue', () => {
  const patient = rows.filter(([name]) => !READY.includes(name))
  it.each(patient)('may hold %s for most of a day without ending it', (_, policy) => {
    expect(policy.scheduleToCloseTimeoutMs).toBeGreaterThanOrEqual(DAY_MS)
  })
})

describe('a dead worker', () => {
  it.each(CALLS)('is noticed soon during %s', (name) => {
    expect(policies[name].startToCloseTimeoutMs).toBeLessThanOrEqual(35_000)
    expect(policies[name].startToCloseTimeoutMs).toBeGreaterThanOrEqual(
      DEFAULT_POLICY_SETTINGS.callTimeoutMs + 5_000,
    )
  })

  it.each(TRANSFERS)('is noticed by its heartbeat during %s', (name) => {
    expect(policies[name].heartbeatTimeoutMs).toBeLessThanOrEqual(30_000)
    expect(policies[name].startToCloseTimeoutMs).toBeGreaterThan(3_600_000)
  })
})

describe('the budget of a start', () => {
  it('lasts for two sends, the doubt window after each, and an outage', () => {
    const { callTimeoutMs, settleMarginMs, outageBudgetMs } = DEFAULT_POLICY_SETTINGS
    const windows = 2 * (2 * callTimeoutMs + settleMarginMs)

    expect(policies.startVendorJob.scheduleToCloseTimeoutMs).toBeGreaterThanOrEqual(windows + outageBudgetMs)
  })
})

describe('a deployment with other settings', () => {
  it('gets policies that follow them', () => {
    const quick = policiesFrom({ callTimeoutMs: 1_000, outageBudgetMs: 2_000, settleMarginMs: 100 })

    expect(quick.startVendorJob.startToCloseTimeoutMs).toBe(6_000)
    expect(quick.createVendorJob.scheduleToCloseTimeoutMs).toBe(DAY_MS + 8_000)
    expect(quick.createVendorJob.retry.maximumAttempts).toBe(5)
    expect(quick.checkVendorJob.scheduleToCloseTimeoutMs).toBe(
      policies.checkVendorJob.scheduleToCloseTimeoutMs,
    )
  })
})

describe('a removal that was parked by an outage', () => {
  const delays = Array.from({ length: 40 }, (_, times) => wakeDelayMs(times, DEFAULT_POLICY_SETTINGS))

  it('sleeps twice as long each time, up to one and a half budgets', () => {
    expect(delays.slice(0, 3)).toEqual([60_000, 120_000, 240_000])
    expect(delays.at(-1)).toBe(900_000)
    expect(delays.toSorted((left, right) => left - right)).toEqual(delays)
  })
})

describe('the task queues', () => {
  it('are those that histories remember', () => {
    expect(TASK_QUEUES).toEqual({
      webhooks: 'matteflow-webhooks',
      own: 'matteflow',
      submit: 'matteflow-submit',
      status: 'matteflow-status',
      transfer: 'matteflow-transfer',
    })
  })
})
