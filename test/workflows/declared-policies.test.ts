import { beforeAll, describe, expect, it } from 'vitest'
import { FAILURES, isFailureKind } from '../../domain/failures.ts'
import type { ActivityName } from '../../domain/policies.ts'
import { policiesFrom } from '../../domain/policies.ts'
import { answerHtml, showStatus } from '../../sandbox/index.ts'
import { clip } from '../support/clips.ts'
import { useEnvironments } from './support/use-environments.ts'

const anEnvironment = useEnvironments('dev')
let file: string

beforeAll(async () => {
  file = await clip('green')
})

describe('the history of a removal', () => {
  it('shows the whole policy of each of its activities', async () => {
    const environment = await anEnvironment({
      sandbox: { faults: [answerHtml('create', 503), showStatus('processing', 2)] },
    })
    const handle = await environment.start({ source: file })
    await handle.result()

    const { events } = await handle.fetchHistory()
    const scheduled = (events ?? []).flatMap((event) => event.activityTaskScheduledEventAttributes ?? [])
    const policies = policiesFrom(environment.dependencies.settings)
    expect(scheduled).toHaveLength(7)
    for (const { activityType, retryPolicy, taskQueue, ...timeouts } of scheduled) {
      const policy = policies[activityType?.name as ActivityName]
      const { retry } = policy
      expect(taskQueue?.name).toBe(policy.taskQueue)
      // The server lets no attempt outlast what the deadline has left of the whole.
      expect(msOf(timeouts.startToCloseTimeout)).toBe(
        Math.min(policy.startToCloseTimeoutMs, msOf(timeouts.scheduleToCloseTimeout)),
      )
      expect(msOf(retryPolicy?.initialInterval)).toBe(retry.initialIntervalMs)
      expect(retryPolicy?.backoffCoefficient).toBe(retry.backoffCoefficient)
      expect(msOf(retryPolicy?.maximumInterval)).toBe(retry.maximumIntervalMs)
      expect(retryPolicy?.maximumAttempts ?? 0).toBe(retry.maximumAttempts ?? 0)
      expect([...(retryPolicy?.nonRetryableErrorTypes ?? [])].sort()).toEqual(FINAL)
    }
  })
})

/** What the failure table calls final. */
const FINAL = Object.keys(FAILURES)
  .filter(isFailureKind)
  .filter((kind) => !FAILURES[kind].retryable)
  .sort()

function msOf(duration: { seconds?: unknown; nanos?: number | null } | null | undefined): number {
  return Number(duration?.seconds ?? 0) * 1_000 + (duration?.nanos ?? 0) / 1e6
}
