import { randomUUID } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { newSecret } from '../../adapters/webhooks/sign-event.ts'
import { TASK_QUEUES } from '../../domain/policies.ts'
import { DELIVER_WEBHOOK, webhookIdOf } from '../../domain/webhooks/delivery-workflow.ts'
import { WEBHOOK_EVENTS } from '../../domain/webhooks/webhook-event.ts'
import { failJob } from '../../sandbox/index.ts'
import type { RemovalEnvironment } from '../../testing/removal-environment.ts'
import { dispatchOnce } from '../../worker/recurring/dispatch-webhooks.ts'
import type { deliverWebhook } from '../../workflows/index.ts'
import { clip } from '../support/clips.ts'
import type { ReceivedCall } from '../support/serve-receiver.ts'
import { serveReceiver } from '../support/serve-receiver.ts'
import { documentOf, until } from './support/observe.ts'
import { useEnvironments } from './support/use-environments.ts'

const onDevServer = useEnvironments('dev')
const skippingTime = useEnvironments('time-skipping')
const PRIVATE = { variables: { MATTEFLOW_PRIVATE_HOSTS: '127.0.0.1' } }
const MINUTE_MS = 60_000

/** A receiver, with the types of the events that it has heard. */
async function aReceiver(...given: Parameters<typeof serveReceiver>) {
  const receiver = await serveReceiver(...given)
  return { ...receiver, events: () => receiver.calls.map(({ body }) => JSON.parse(String(body)).type) }
}

async function anEndpoint(
  { dependencies }: RemovalEnvironment,
  url: string,
  project = `p${randomUUID().slice(0, 8)}`,
) {
  const secret = newSecret()
  const endpoint = await dependencies.ledger.webhooks.create({
    ...{ project, url, secret },
    events: [...WEBHOOK_EVENTS],
    at: new Date(),
  })
  return { ...endpoint, secret }
}

/** An end that is told, without a removal that would have to be bought first. */
async function deliver(environment: RemovalEnvironment, project: string) {
  const removalId = `rm_${randomUUID().slice(0, 8)}`
  const event = {
    id: `evt_${removalId}_end`,
    type: 'removal.succeeded' as const,
    project,
    removalId,
    state: 'succeeded',
    atMs: Date.now(),
  }
  const [deliveryId = ''] = await environment.dependencies.ledger.webhooks.announce(event)
  const handle = await environment.temporal.client.workflow.start<typeof deliverWebhook>(DELIVER_WEBHOOK, {
    workflowId: webhookIdOf(deliveryId),
    taskQueue: TASK_QUEUES.own,
    args: [{ deliveryId }],
  })
  const logged = async () =>
    (await environment.dependencies.ledger.webhooks.deliveries({ project, id: deliveryId }, 1))[0]
  return { deliveryId, handle, logged, event }
}

const headersOf = ({ headers }: ReceivedCall) => headers as Record<string, string>

describe('an endpoint of a project', () => {
  it('hears of an end, thin and signed, and no other project does', async () => {
    const environment = await onDevServer(PRIVATE)
    const [receiver, others] = [await aReceiver(), await aReceiver()]
    const { project, secret } = await anEndpoint(environment, receiver.url)
    await anEndpoint(environment, others.url)
    const document = await documentOf(await environment.start({ source: await clip('green'), project }))
    await until(environment, 'the receiver hears', () => receiver.calls.length === 1)

    const [call] = receiver.calls as [ReceivedCall]
    const told = new Webhook(secret).verify(call.body, headersOf(call)) as Record<string, unknown>
    expect(told).toEqual({
      type: 'removal.succeeded',
      timestamp: document.finishedAt,
      data: { id: document.id, state: 'succeeded', version: Date.parse(document.finishedAt ?? '') },
    })
    expect(call.headers['webhook-id']).toBe(`evt_${document.id}_end`)
    expect(() => new Webhook(newSecret()).verify(call.body, headersOf(call))).toThrow()
    expect(others.calls).toEqual([])
  })

  it('hears of a park, of what let it go on, and of the failure that ended it', async () => {
    const environment = await onDevServer({
      ...PRIVATE,
      sandbox: { credits: 0, faults: [failJob('GPU lost', { occurrence: { from: 1 } })] },
    })
    const receiver = await aReceiver()
    const { project } = await anEndpoint(environment, receiver.url)
    const handle = await environment.start({ source: await clip('green'), project })
    await until(environment, 'it is told of the park', () => receiver.calls.length === 1)
    environment.sandbox.setCredits(1_000)
    await handle.executeUpdate('resume', { args: [{}] })
    await documentOf(handle)
    await until(environment, 'it is told of all', () => receiver.calls.length === 3)

    expect(new Set(receiver.events())).toEqual(
      new Set(['removal.parked', 'removal.resumed', 'removal.failed']),
    )
  })

  it('takes what either secret has signed while it is rotated, and the new one alone afterwards', async () => {
    const environment = await onDevServer(PRIVATE)
    const receiver = await aReceiver()
    const { id, project, secret: old } = await anEndpoint(environment, receiver.url)
    const { webhooks } = environment.dependencies.ledger
    const fresh = newSecret()
    await webhooks.rotate(id, project, {
      secret: fresh,
      previousUntil: new Date(Date.now() + 10 * MINUTE_MS),
    })
    await (await deliver(environment, project)).handle.result()
    const newest = newSecret()
    await webhooks.rotate(id, project, { secret: newest, previousUntil: new Date(Date.now() - 1) })
    await (await deliver(environment, project)).handle.result()

    const [during, after] = receiver.calls as [ReceivedCall, ReceivedCall]
    for (const secret of [old, fresh])
      expect(new Webhook(secret).verify(during.body, headersOf(during))).toBeDefined()
    expect(new Webhook(newest).verify(after.body, headersOf(after))).toBeDefined()
    for (const secret of [old, fresh])
      expect(() => new Webhook(secret).verify(after.body, headersOf(after))).toThrow()
  })

  it('hears a replay under the same id, of one event and of all since a time', async () => {
    const environment = await onDevServer(PRIVATE)
    const receiver = await aReceiver()
    const { id, project } = await anEndpoint(environment, receiver.url)
    const { handle, event } = await deliver(environment, project)
    await handle.result()
    const { webhooks } = environment.dependencies.ledger
    const around = { client: environment.temporal.client, webhooks }

    expect(await webhooks.replay({ project, eventId: event.id }, new Date(1_000))).toBe(1)
    expect(
      await webhooks.replay({ project, endpointId: id, since: new Date(event.atMs - 1) }, new Date(2_000)),
    ).toBe(1)
    expect(await webhooks.replay({ project, since: new Date(event.atMs + 1) }, new Date(3_000))).toBe(0)
    expect(await webhooks.replay({ project: 'another', eventId: event.id }, new Date(4_000))).toBe(0)
    await dispatchOnce(around)
    await dispatchOnce(around)
    await until(environment, 'both are heard', () => receiver.calls.length === 3)

    expect(new Set(receiver.calls.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([event.id]))
  })
})

describe('a receiver that', () => {
  it('answers 500 for a day is told then, in fewer than ten tries, and each is in the log', async () => {
    const environment = await skippingTime(PRIVATE)
    const from = await environment.temporal.currentTimeMs()
    let atMs = 0
    const receiver = await aReceiver(
      (response) => void response.writeHead(atMs - from < 24 * 60 * MINUTE_MS ? 500 : 200).end(),
    )
    const clock = setInterval(() => void environment.temporal.currentTimeMs().then((now) => (atMs = now)), 2)
    const { project } = await anEndpoint(environment, receiver.url)
    atMs = from
    const { handle, logged } = await deliver(environment, project)
    await handle.result().finally(() => clearInterval(clock))

    expect(receiver.calls.length).toBeLessThan(10)
    expect(await logged()).toMatchObject({
      outcome: 'delivered',
      attempts: receiver.calls.length,
      lastStatus: 200,
    })
    expect(new Set(receiver.calls.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  })

  it('never takes it is given up after ten tries and 75 hours, which is seen', async () => {
    const environment = await skippingTime(PRIVATE)
    const receiver = await aReceiver((response) => void response.writeHead(503).end())
    const { project } = await anEndpoint(environment, receiver.url)
    const { handle, logged } = await deliver(environment, project)

    await expect(handle.result()).rejects.toThrow()
    const { startTime, closeTime } = await handle.describe()
    const hours = ((closeTime?.getTime() ?? 0) - startTime.getTime()) / 3_600_000
    expect(receiver.calls).toHaveLength(10)
    expect(hours).toBeGreaterThan(74)
    expect(hours).toBeLessThan(80)
    expect(await logged()).toMatchObject({ outcome: 'failed', attempts: 10, lastStatus: 503 })
  })

  it('names a time is left alone until then', async () => {
    const environment = await skippingTime(PRIVATE)
    const receiver = await aReceiver(
      (response, calls) => void response.writeHead(calls === 1 ? 429 : 200, { 'retry-after': '7200' }).end(),
    )
    const { project } = await anEndpoint(environment, receiver.url)
    const { handle } = await deliver(environment, project)
    await handle.result()

    const { startTime, closeTime } = await handle.describe()
    expect((closeTime?.getTime() ?? 0) - startTime.getTime()).toBeGreaterThanOrEqual(7_200_000)
    expect(receiver.calls).toHaveLength(2)
  })

  it('answers 410 hears nothing any more', async () => {
    const environment = await skippingTime(PRIVATE)
    const receiver = await aReceiver((response) => void response.writeHead(410).end())
    const { project } = await anEndpoint(environment, receiver.url)
    const { handle, logged } = await deliver(environment, project)
    await handle.result()

    const [endpoint] = await environment.dependencies.ledger.webhooks.list(project)
    expect(endpoint).toMatchObject({ disabledFor: 'the receiver answered 410' })
    expect(await logged()).toMatchObject({ outcome: 'failed', attempts: 1, lastStatus: 410 })
    const later = await environment.dependencies.ledger.webhooks.announce({
      ...{
        id: 'evt_later_end',
        type: 'removal.failed',
        project,
        removalId: 'later',
        state: 'failed',
        atMs: 1,
      },
    })
    expect(later).toEqual([])
  })

  it('redirects to a private address has answered, and nothing goes there', async () => {
    const environment = await skippingTime(PRIVATE)
    const inside = await aReceiver()
    const receiver = await aReceiver(
      (response, calls) => void response.writeHead(calls < 3 ? 302 : 200, { location: inside.url }).end(),
    )
    const { project } = await anEndpoint(environment, receiver.url)
    const { handle, logged } = await deliver(environment, project)
    await handle.result()

    expect(inside.calls).toEqual([])
    expect(await logged()).toMatchObject({ outcome: 'delivered', attempts: 3 })
  })

  it.each(['127.0.0.1', 'localhost'])('is at the private address %s is never called', async (host) => {
    const environment = await skippingTime()
    const receiver = await aReceiver()
    const { project } = await anEndpoint(environment, receiver.url.replace('127.0.0.1', host))
    const { handle, logged } = await deliver(environment, project)

    await expect(handle.result()).rejects.toThrow()
    expect(receiver.calls).toEqual([])
    expect((await logged())?.lastError).toContain('private address')
  })

  it('was removed, with its secrets, is not called', async () => {
    const environment = await skippingTime(PRIVATE)
    const receiver = await aReceiver()
    const { id, project, secret } = await anEndpoint(environment, receiver.url)
    const { webhooks } = environment.dependencies.ledger
    const removalId = `rm_${randomUUID().slice(0, 8)}`
    await webhooks.announce({
      id: `evt_${removalId}_end`,
      type: 'removal.failed',
      project,
      removalId,
      state: 'failed',
      atMs: 1,
    })
    expect(await webhooks.remove(id, 'another', new Date())).toBe(false)
    expect(await webhooks.remove(id, project, new Date())).toBe(true)
    await dispatchOnce({ client: environment.temporal.client, webhooks })
    await until(
      environment,
      'it is skipped',
      async () => (await webhooks.deliveries({ project }, 1))[0]?.outcome === 'skipped',
    )

    expect(receiver.calls).toEqual([])
    expect(JSON.stringify(await webhooks.list(project))).not.toContain(secret)
  })
})
