import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { dispatchOnce } from '../../worker/recurring/dispatch-webhooks.ts'
import type { ReceivedCall } from '../support/serve-receiver.ts'
import { serveReceiver } from '../support/serve-receiver.ts'
import type { GatewayEnvironment, RunningGateway } from './support/gateway-environment.ts'
import { answerOf, jsonRequest, removalForm, startGatewayEnvironment } from './support/gateway-environment.ts'

const PRIVATE_HOSTS = { MATTEFLOW_PRIVATE_HOSTS: '127.0.0.1' }
const ACME = { authorization: 'Bearer acme-token' }
const SHOP = { authorization: 'Bearer shop-token' }

let env: GatewayEnvironment
let gateway: RunningGateway

beforeAll(async () => {
  env = await startGatewayEnvironment({ variables: PRIVATE_HOSTS })
  gateway = await env.startGateway({ variables: { GATEWAY_TOKENS: 'acme:acme-token,shop:shop-token' } })
}, 120_000)
afterAll(() => env?.close(), 60_000)

const ask = async (path: string, init: RequestInit = {}, headers: Record<string, string> = ACME) => {
  const all = new Headers(init.headers)
  for (const [name, value] of Object.entries(headers)) all.set(name, value)
  return answerOf(await fetch(`${gateway.url}/v1/webhooks${path}`, { ...init, headers: all }))
}
const post = (path: string, body: unknown, headers: Record<string, string> = ACME) =>
  ask(path, jsonRequest('POST', body), headers)

const headersOf = (call: ReceivedCall | undefined) => (call?.headers ?? {}) as Record<string, string>

/** What a worker does every few seconds. */
const dispatch = () =>
  dispatchOnce({
    client: env.temporal.client,
    webhooks: env.dependencies.ledger.webhooks,
  })

describe('the endpoints of a project', () => {
  it('hear of an end, are tried, rotated, replayed and removed', async () => {
    const receiver = await serveReceiver()
    const { status, body: endpoint } = await post('', { url: receiver.url, events: ['removal.succeeded'] })
    const secret = String(endpoint['secret'])
    expect([status, endpoint['project'], endpoint['events']]).toEqual([201, 'acme', ['removal.succeeded']])

    await fetch(`${gateway.url}/v1/removals`, {
      method: 'POST',
      body: removalForm(env.clipBytes),
      headers: { prefer: 'wait=60', ...ACME },
    })
    await vi.waitFor(() => expect(receiver.calls).toHaveLength(1), { timeout: 60_000, interval: 100 })
    const [heard] = receiver.calls
    expect(new Webhook(secret).verify(heard?.body ?? '', headersOf(heard))).toMatchObject({
      type: 'removal.succeeded',
    })

    const rotated = await post(`/${endpoint.id}/rotate`, {})
    const tried = await post(`/${endpoint.id}/test`, {})
    expect([rotated.status, tried.status]).toEqual([200, 202])
    await dispatch()
    await vi.waitFor(() => expect(receiver.calls).toHaveLength(2), { timeout: 60_000, interval: 100 })
    for (const live of [secret, String(rotated.body['secret'])])
      expect(
        new Webhook(live).verify(receiver.calls[1]?.body ?? '', headersOf(receiver.calls[1])),
      ).toMatchObject({ type: 'webhook.test' })

    const event = heard?.headers['webhook-id']
    expect(await post('/replay', { event })).toEqual({ status: 202, body: { replayed: 1 } })
    await dispatch()
    await vi.waitFor(() => expect(receiver.calls).toHaveLength(3), { timeout: 60_000, interval: 100 })
    expect(receiver.calls[2]?.headers['webhook-id']).toBe(event)

    const { body: log } = await ask(`/deliveries?endpoint=${endpoint.id}`)
    expect(log['deliveries']).toHaveLength(3)
    const { body: shown } = await ask('')
    expect(shown['endpoints']).toMatchObject([{ id: endpoint.id, disabledAt: null }])
    expect(JSON.stringify([shown, log]) + gateway.log()).not.toContain('whsec_')

    const removal = await fetch(`${gateway.url}/v1/webhooks/${endpoint.id}`, {
      method: 'DELETE',
      headers: ACME,
    })
    expect([removal.status, await removal.text()]).toEqual([204, ''])
    expect(await ask('')).toEqual({ status: 200, body: { endpoints: [] } })
  })

  it('are nothing to another project', async () => {
    const { url } = await serveReceiver()
    const { body: endpoint } = await post('', { url })

    expect(await ask('', {}, SHOP)).toEqual({ status: 200, body: { endpoints: [] } })
    expect(await ask('/deliveries', {}, SHOP)).toEqual({ status: 200, body: { deliveries: [] } })
    const refusals = await Promise.all([
      post(`/${endpoint.id}/test`, {}, SHOP),
      post(`/${endpoint.id}/rotate`, {}, SHOP),
      ask(`/${endpoint.id}`, { method: 'DELETE' }, SHOP),
      ask('', {}, {}),
    ])
    expect(refusals.map(({ status }) => status)).toEqual([404, 404, 404, 401])
  })

  it.each([
    [{}, 422],
    [{ url: 'shop.example' }, 422],
    [{ url: 'http://8.8.8.8/hook' }, 422],
    [{ url: 'http://10.0.0.1/hook' }, 422],
    [{ url: 'file:///etc/passwd' }, 422],
    [{ url: 'https://8.8.8.8/hook', events: ['removal.sneezed'] }, 422],
    [{ url: 'https://8.8.8.8/hook', events: [] }, 422],
    [{ url: 'https://8.8.8.8/hook', secret: 'mine' }, 422],
  ])('are refused where they cannot be told: %j', async (wish, expected) => {
    const { status, body } = await post('', wish)

    expect([status, body['kind']]).toEqual([expected, 'InvalidRequest'])
  })
})
