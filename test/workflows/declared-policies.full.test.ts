import { describe, expect, it, vi } from 'vitest'
import { newSecret } from '../../adapters/webhooks/sign-event.ts'
import { FAILURES, isFailureKind } from '../../domain/failures.ts'
import type { ActivityName, PolicySettings } from '../../domain/policies.ts'
import { DEFAULT_POLICY_SETTINGS, policiesFrom, TASK_QUEUES } from '../../domain/policies.ts'
import { proxiesFrom } from '../../domain/proxies.ts'
import { DELIVER_WEBHOOK } from '../../domain/webhooks/delivery-workflow.ts'
import { answerHtml, failJob, showStatus } from '../../sandbox/index.ts'
import type { RemovalEnvironment } from '../../testing/removal-environment.ts'
import { notificationsFrom } from '../../worker/recurring/start-notifications.ts'
import {
  DELETE_EXPIRED,
  DELETE_REMOVAL,
  MATTEFLOW_READY,
  NOTIFY_PARKED,
  RECONCILE_BOOKS,
  RESUME,
} from '../../workflows/messages.ts'
import { clip } from '../support/clips.ts'
import { serveHttp } from '../support/serve-http.ts'
import { untilParkedFor } from './support/observe.ts'
import { useEnvironments } from './support/use-environments.ts'

const anEnvironment = useEnvironments('dev')
const skippingTime = useEnvironments('time-skipping')

type History = Awaited<ReturnType<Awaited<ReturnType<RemovalEnvironment['start']>>['fetchHistory']>>
type Scheduled = NonNullable<NonNullable<History['events']>[number]['activityTaskScheduledEventAttributes']>

/** The activities of real histories, as Temporal was told to run them, with the settings that they were told by. */
async function scheduledActivities(): Promise<{ activity: Scheduled; settings: PolicySettings }[]> {
  const scheduled: { activity: Scheduled; settings: PolicySettings }[] = []
  const keep = ({ events }: History, settings: PolicySettings): void => {
    for (const { activityTaskScheduledEventAttributes: activity } of events ?? [])
      if (activity) scheduled.push({ activity, settings })
  }
  const environment = await anEnvironment({
    sandbox: {
      faults: [
        answerHtml('create', 503),
        showStatus('processing', 2),
        failJob({ code: 'insufficient_credits', message: 'Not enough credits' }),
      ],
    },
  })
  const { client } = environment.temporal
  const { url } = await serveHttp((_request, response) => void response.writeHead(200).end())
  const notifications = notificationsFrom({ notifyUrl: url, proxies: proxiesFrom({}) }, client)
  environment.dependencies.notifications = notifications && { ...notifications, everyMs: 100 }
  const removal = await environment.start({ source: await clip('green') })
  await untilParkedFor(environment, removal, 'InsufficientCredits')

  const startOwn = (type: string, args: unknown[]) =>
    client.workflow.start(type, {
      workflowId: `policies/${crypto.randomUUID()}`,
      taskQueue: TASK_QUEUES.own,
      args,
    })
  const telling = await startOwn(NOTIFY_PARKED, [])
  await vi.waitFor(async () => expect(namesIn(await telling.fetchHistory())).toContain('sendParkNews'), {
    timeout: 30_000,
    interval: 200,
  })
  keep(await telling.fetchHistory(), DEFAULT_POLICY_SETTINGS)
  await telling.terminate('it has told enough')

  await removal.executeUpdate(RESUME, { args: [{ maxCredits: 100 }] })
  await removal.result()
  keep(await removal.fetchHistory(), environment.dependencies.settings)

  const removalId = removal.workflowId.replace('removal/', '')
  const others: [string, unknown[]][] = [
    [RECONCILE_BOOKS, [{ project: null, days: 1 }]],
    [DELETE_REMOVAL, [{ removalId }]],
    [DELETE_EXPIRED, []],
    [MATTEFLOW_READY, []],
  ]
  for (const [type, args] of others) {
    const other = await startOwn(type, args)
    await other.result()
    keep(await other.fetchHistory(), DEFAULT_POLICY_SETTINGS)
  }
  keep(await webhookGivenUp(), DEFAULT_POLICY_SETTINGS)
  return scheduled
}

/** The history of an end that a receiver never took, over days that are skipped. */
async function webhookGivenUp(): Promise<History> {
  const environment = await skippingTime({ variables: { MATTEFLOW_PRIVATE_HOSTS: '127.0.0.1' } })
  const { webhooks } = environment.dependencies.ledger
  const { url } = await serveHttp((_request, response) => void response.writeHead(503).end())
  const at = new Date()
  await webhooks.create({ project: 'acme', url, secret: newSecret(), events: ['removal.succeeded'], at })
  const [deliveryId = ''] = await webhooks.announce({
    id: 'evt_end',
    type: 'removal.succeeded',
    project: 'acme',
    removalId: 'rm_told',
    state: 'succeeded',
    atMs: at.getTime(),
  })
  const telling = await environment.temporal.client.workflow.start(DELIVER_WEBHOOK, {
    workflowId: `policies/${crypto.randomUUID()}`,
    taskQueue: TASK_QUEUES.own,
    args: [{ deliveryId }],
  })
  await expect(telling.result()).rejects.toThrow()
  return telling.fetchHistory()
}

function namesIn({ events }: History): string[] {
  return (events ?? []).flatMap(
    ({ activityTaskScheduledEventAttributes: activity }) => activity?.activityType?.name ?? [],
  )
}

describe('histories of a removal that is bought again and deleted, of telling what became of it, and of a reconciliation', () => {
  it('show the whole policy of every activity that the table has a row for', async () => {
    const scheduled = await scheduledActivities()

    const names = new Set(scheduled.map(({ activity }) => activity.activityType?.name))
    expect(names).toEqual(new Set(Object.keys(policiesFrom(DEFAULT_POLICY_SETTINGS))))
    for (const { activity, settings } of scheduled) {
      const { activityType, retryPolicy, taskQueue, ...timeouts } = activity
      const policy = policiesFrom(settings)[activityType?.name as ActivityName]
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
