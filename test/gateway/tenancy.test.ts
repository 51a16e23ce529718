import { request as httpRequest } from 'node:http'
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { GatewayEnvironment, RunningGateway } from './support/gateway-environment.ts'
import { answerOf, jsonRequest, removalForm, startGatewayEnvironment } from './support/gateway-environment.ts'

let env: GatewayEnvironment
let gateway: RunningGateway
let open: RunningGateway

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const ACME = bearer('acme-token-1')
const SHOP = bearer('shop-token')

beforeAll(async () => {
  env = await startGatewayEnvironment()
  gateway = await env.startGateway({
    variables: { GATEWAY_TOKENS: 'acme:acme-token-1,acme:acme-token-2,shop:shop-token' },
  })
  open = await env.startGateway()
}, 120_000)
afterAll(() => env?.close(), 60_000)

const post = (form: FormData, headers: Record<string, string>) =>
  fetch(`${gateway.url}/v1/removals`, {
    method: 'POST',
    body: form,
    headers: { prefer: 'wait=30', ...headers },
  })
const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${gateway.url}${path}`, { headers })

/** A request with headers that `fetch` would not send. */
function raw(url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    sent.on('error', reject)
    sent.end()
  })
}

describe('a gateway with tokens', () => {
  it('answers nobody without one, and names each project by any of its own', async () => {
    const strangers = [
      {},
      bearer(''),
      bearer('acme-token-3'),
      bearer('acme:acme-token-1'),
      { authorization: 'Basic YTpi' },
    ]
    for (const headers of strangers) {
      const response = await get('/v1/removals', headers)
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    }
    for (const token of ['acme-token-1', 'acme-token-2', 'shop-token'])
      expect((await get('/v1/removals', bearer(token))).status).toBe(200)
  })

  it("hides one project's removals from the other, and takes no id that the other has", async () => {
    const { body } = await answerOf(await post(removalForm(env.clipBytes, { id: 'taken' }), ACME))
    expect(body).toMatchObject({ project: 'acme', state: 'succeeded' })

    for (const path of ['', '/output', '/events'])
      expect((await get(`/v1/removals/taken${path}`, SHOP)).status).toBe(404)
    expect((await get('/v1/events?id=taken', SHOP)).status).toBe(404)
    for (const action of ['cancel', 'resume', 'output-link']) {
      const response = await fetch(`${gateway.url}/v1/removals/taken/${action}`, {
        method: 'POST',
        headers: SHOP,
      })
      expect(response.status).toBe(404)
    }
    const listed = (await (await get('/v1/removals', SHOP)).json()) as { removals: unknown[] }
    expect(listed.removals).toEqual([])
    const taken = await answerOf(await post(removalForm(env.clipBytes, { id: 'taken' }), SHOP))
    expect(taken).toMatchObject({
      status: 409,
      body: { kind: null, type: 'urn:matteflow:problem:id-in-use' },
    })
    expect(JSON.stringify(taken.body)).not.toContain('acme')
    const named = await answerOf(await post(removalForm(env.clipBytes, { project: 'acme' }), SHOP))
    expect(named.status).toBe(403)
  })

  it('gives the same Idempotency-Key of two projects two removals', async () => {
    const [acme, shop] = await Promise.all(
      [ACME, SHOP].map(async (who) =>
        answerOf(await post(removalForm(env.clipBytes), { 'idempotency-key': 'same', ...who })),
      ),
    )

    expect(acme?.body).toMatchObject({ project: 'acme', state: 'succeeded' })
    expect(shop?.body).toMatchObject({ project: 'shop', state: 'succeeded' })
    expect(acme?.body.id).not.toBe(shop?.body.id)
  })

  it('opens one output by a signed link, until its time is over', async () => {
    const { body } = await answerOf(await post(removalForm(env.clipBytes, { reference: 'link' }), ACME))
    const other = await answerOf(await post(removalForm(env.clipBytes, { reference: 'link 2' }), ACME))
    const { url } = (await (
      await fetch(`${gateway.url}/v1/removals/${body.id}/output-link`, { method: 'POST', headers: ACME })
    ).json()) as { url: string }

    expect((await get(url)).status).toBe(200)
    expect((await get(url, { range: 'bytes=0-1' })).status).toBe(206)
    expect((await get(url.replace(body.id ?? '', other.body.id ?? ''))).status).toBe(403)
    expect((await get(url.replace(/expires=\d/, 'expires=9'))).status).toBe(403)
    expect((await get(url.replace('/output?', '?'))).status).toBe(401)
  })

  it('gives the page a session for a token that is typed once, of which scripts see nothing', async () => {
    const begin = (token: string, headers = {}) =>
      fetch(`${gateway.url}/v1/session`, jsonRequest('POST', { token }, headers))
    const begun = await begin('acme-token-2')
    const cookie = begun.headers.get('set-cookie') ?? ''
    const session = { cookie: cookie.split(';')[0] ?? '' }

    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict; Max-Age=\d+$/)
    expect(await (await get('/v1/session', session)).json()).toMatchObject({ project: 'acme' })
    expect((await get('/v1/removals', { ...session, origin: gateway.url })).status).toBe(200)
    expect((await get('/v1/removals', { ...session, origin: 'https://evil.example' })).status).toBe(403)
    expect((await get('/v1/removals', { cookie: session.cookie.replace('YWNtZQ', 'c2hvcA') })).status).toBe(
      401,
    )
    expect((await begin('guess')).status).toBe(401)
    expect((await begin('acme-token-2', { origin: 'https://evil.example' })).status).toBe(403)
    const ended = await fetch(`${gateway.url}/v1/session`, { method: 'DELETE', headers: session })
    expect([ended.status, ended.headers.get('set-cookie')]).toEqual([
      204,
      expect.stringContaining('Max-Age=0'),
    ])
  })

  it('bounds what one project asks for, and lets the other go on', async () => {
    const limits = {
      requestsPerSecond: 1,
      requestsAtOnce: 3,
      uploadsInFlight: 1,
      uploadBytesPerHour: env.clipBytes.byteLength * 2,
    }
    const bounded = await env.startGateway({
      limits,
      variables: { GATEWAY_TOKENS: 'acme:a-token,shop:s-token' },
    })
    const ask = (token: string) => fetch(`${bounded.url}/v1/session`, { headers: bearer(token) })

    const statuses = []
    for (let index = 0; index < 5; index += 1) statuses.push((await ask('a-token')).status)

    expect(statuses).toEqual([200, 200, 200, 429, 429])
    expect((await ask('a-token')).headers.get('retry-after')).toBe('1')
    expect((await ask('s-token')).status).toBe(200)
  })

  it('logs no token', () => {
    expect(gateway.log()).not.toMatch(/acme-token|shop-token/)
  })
})

describe('a gateway without tokens', () => {
  it('listens on this machine alone', async () => {
    const { port } = new URL(open.url)
    const others = Object.values(networkInterfaces())
      .flatMap((each) => each ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4')

    for (const { address } of others)
      await expect(fetch(`http://${address}:${port}/healthz`)).rejects.toThrow('fetch failed')
    expect(open.log()).not.toContain('0.0.0.0')
  })

  it.each([
    ['a name that was bound to this machine', { host: 'evil.example' }],
    ['another port of this machine', { host: 'localhost:1' }],
    ['a page of another origin', { origin: 'https://evil.example' }],
    ['a page of another port', { origin: 'http://127.0.0.1:1' }],
    ['a page without an origin of its own', { origin: 'null' }],
    ['what a proxy hands on', { 'x-forwarded-for': '10.0.0.1' }],
    ['what a proxy hands on by its standard name', { forwarded: 'for=10.0.0.1' }],
    ['what went by way of another', { via: '1.1 proxy' }],
  ])('refuses %s', async (_what, headers) => {
    expect(await raw(`${open.url}/v1/removals`, headers)).toBe(403)
  })

  it('answers its own page and programs, by each name of this machine', async () => {
    const { port } = new URL(open.url)
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`]) {
      expect(await raw(`${open.url}/v1/removals`, { host })).toBe(200)
      expect(await raw(`${open.url}/v1/removals`, { host, origin: `http://${host}` })).toBe(200)
    }
  })
})

describe('every answer', () => {
  it('carries the headers that protect people, and lets no other origin in', async () => {
    for (const path of ['/healthz', '/v1/removals', '/nothing', '/docs', '/openapi.json']) {
      const { headers } = await get(path, { origin: 'https://elsewhere.example' })
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('content-security-policy')).toMatch(/default-src 'none'/)
      expect(headers.get('content-security-policy')).not.toContain('unsafe')
      expect(headers.get('access-control-allow-origin')).toBeNull()
      expect(headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{32}$/)
    }
  })
})
