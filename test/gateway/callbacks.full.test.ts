import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { signWebhook } from '../../adapters/removebgvideo/webhook-signature.ts'
import { serveHttp } from '../support/serve-http.ts'
import type { GatewayEnvironment, RunningGateway } from './support/gateway-environment.ts'
import { answerOf, removalForm, runHere, startGatewayEnvironment } from './support/gateway-environment.ts'

const SECRET = 'whsec-of-the-vendor'

let env: GatewayEnvironment
let signed: RunningGateway

beforeAll(async () => {
  env = await startGatewayEnvironment({ sandbox: { speed: 0.05 } })
  signed = await env.startGateway({ variables: { REMOVEBGVIDEO_WEBHOOK_SECRET: SECRET } })
}, 120_000)
afterAll(() => env?.close(), 60_000)

const BODY = JSON.stringify({ event: 'job.completed', data: { id: 'job_1', status: 'completed' } })

interface Sent {
  body?: string | Buffer
  timestamp?: string
  signature?: string
  secret?: string
}

function call(
  id: string,
  { body = BODY, timestamp = new Date().toISOString(), secret = SECRET, signature }: Sent = {},
) {
  return fetch(`${signed.url}/webhooks/removebgvideo/${id}`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-webhook-event': 'job.completed',
      'x-webhook-timestamp': timestamp,
      'x-webhook-signature': signature ?? signWebhook(secret, timestamp, Buffer.from(body)),
    },
  })
}

async function aRunningRemoval(reference: string): Promise<string> {
  const response = await fetch(`${signed.url}/v1/removals`, {
    method: 'POST',
    body: removalForm(env.clipBytes, { reference }),
  })
  return (await answerOf(response)).body.id ?? ''
}

/** How many callbacks stand in a removal's history; Temporal writes them down once no task of it is under way. */
async function taken(id: string): Promise<number> {
  const { events } = await env.temporal.client.workflow.getHandle(`removal/${id}`).fetchHistory()
  return (events ?? []).filter(
    ({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName === 'vendorHint',
  ).length
}

describe('a signed callback', () => {
  it('is answered once Temporal has it, early, doubled and in any order', async () => {
    const id = await aRunningRemoval('early')

    const answers = await Promise.all([
      call(id),
      call(id),
      call(id, { body: JSON.stringify({ event: 'job.started', id: 'job_1' }) }),
      call(id, { timestamp: new Date(Date.now() - 4 * 60_000).toISOString() }),
    ])

    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202])
    await vi.waitFor(async () => expect(await taken(id)).toBe(4), 20_000)
  })

  it('that comes after the end is welcome and changes nothing', async () => {
    const id = await aRunningRemoval('late')
    await fetch(`${signed.url}/v1/removals/${id}/cancel`, { method: 'POST' })
    await vi.waitFor(async () => {
      const { body } = await answerOf(await fetch(`${signed.url}/v1/removals/${id}`))
      expect(body.state).toBe('cancelled')
    }, 20_000)

    expect((await call(id)).status).toBe(202)
  })

  it('is refused where it is forged, old, from the future, unsigned or cut short', async () => {
    const id = await aRunningRemoval('forged')
    const now = Date.now()
    const wrong: Sent[] = [
      { secret: 'another' },
      { secret: '' },
      { signature: '' },
      { signature: 'sha256=' },
      { signature: signWebhook(SECRET, new Date(now).toISOString(), Buffer.from('other bytes')) },
      { timestamp: new Date(now - 6 * 60_000).toISOString() },
      { timestamp: new Date(now + 6 * 60_000).toISOString() },
      { timestamp: 'yesterday' },
      { timestamp: '' },
    ]

    for (const sent of wrong) expect((await call(id, sent)).status).toBe(401)
    const bare = await fetch(`${signed.url}/webhooks/removebgvideo/${id}`, { method: 'POST', body: BODY })
    expect(bare.status).toBe(401)
    expect(await taken(id)).toBe(0)
  })

  it('of whatever body leads to one look at the job; a giant is refused', async () => {
    const id = await aRunningRemoval('odd')
    const odd = [
      '',
      'no json',
      '[]',
      'null',
      '{"data":7}',
      '{"data":{"id":{}}}',
      '\u0000\u0001',
      `{"id":"${'x'.repeat(5_000)}"}`,
    ]

    for (const body of odd) expect((await call(id, { body })).status).toBe(202)
    expect((await call(id, { body: 'x'.repeat(70_000) })).status).toBe(413)
    await vi.waitFor(async () => expect(await taken(id)).toBe(odd.length), 20_000)
  })

  it('for a removal that nobody knows is a 404, and no id breaks out of its place', async () => {
    expect((await call('nobody')).status).toBe(404)
    for (const id of ['..%2f..', '%00', 'a'.repeat(80), "x'%20OR%20''='"])
      expect((await call(id)).status).toBe(404)
  })

  it('is no success while Temporal is away, so that the vendor comes again', async () => {
    const alone = await runHere({
      databaseUrl: env.databaseUrl,
      temporalAddress: '127.0.0.1:1',
      variables: { HOME: env.folder, STORAGE_URL: env.storageUrl, REMOVEBGVIDEO_WEBHOOK_SECRET: SECRET },
    })
    const timestamp = new Date().toISOString()
    const response = await fetch(`${alone.url}/webhooks/removebgvideo/rm_1`, {
      method: 'POST',
      body: BODY,
      headers: {
        'x-webhook-timestamp': timestamp,
        'x-webhook-signature': signWebhook(SECRET, timestamp, Buffer.from(BODY)),
      },
    })

    expect(response.status).toBe(503)
    expect(await (await fetch(`${alone.url}/readyz`)).json()).toMatchObject({
      status: 'not ready',
      temporal: 'unreachable',
      ledger: 'ok',
      storage: 'ok',
    })
    await alone.close()
  }, 60_000)
})

describe('callbacks without a secret', () => {
  it('go to an address that nobody guesses, which stands in no log and no exchange', async () => {
    const site = await serveHttp((request, response) => {
      request.resume()
      response.end()
    })
    const open = await startGatewayEnvironment({ variables: { GATEWAY_PUBLIC_URL: site.url } })
    const gateway = await open.startGateway()
    const { body } = await answerOf(
      await fetch(`${gateway.url}/v1/removals`, {
        method: 'POST',
        body: removalForm(open.clipBytes),
        headers: { prefer: 'wait=30' },
      }),
    )
    await vi.waitFor(() => expect(site.requests).not.toEqual([]), 20_000)
    const path = site.requests[0]?.url ?? ''
    const token = path.split('/').at(-1) ?? ''
    const callWith = (end: string) =>
      fetch(`${gateway.url}/webhooks/removebgvideo/${body.id}${end}`, { method: 'POST', body: BODY })

    expect(path).toBe(`/webhooks/removebgvideo/${body.id}/${token}`)
    expect(token).toMatch(/^[A-Za-z0-9_-]{32}$/)
    expect((await callWith(`/${token}`)).status).toBe(202)
    for (const end of ['', '/', `/${token}x`, `/${token.slice(1)}`, `/${'A'.repeat(32)}`])
      expect((await callWith(end)).status).toBe(404)
    expect(gateway.log()).not.toContain(token)
    const { storage } = open.dependencies
    for await (const key of storage.list('exchanges'))
      expect(await text(await storage.read(key))).not.toContain(token)
    await open.close()
  }, 120_000)
})
