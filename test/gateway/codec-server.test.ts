import { randomBytes } from 'node:crypto'
import type { Payload } from '@temporalio/common'
import { defaultPayloadConverter } from '@temporalio/common'
import { pino } from 'pino'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createPayloadCodec } from '../../adapters/encryption/payload-codec.ts'
import { runCodecServer } from '../../gateway/codec/run-codec-server.ts'

const OLD = { id: 'old', key: randomBytes(32).toString('base64') }
const NEW = { id: 'new', key: randomBytes(32).toString('base64') }
const TOKEN = randomBytes(24).toString('hex')
const UI = 'https://temporal.example'

interface JsonPayload {
  metadata?: Record<string, string>
  data?: string
}

interface Problem {
  type: string
  detail: string
}

async function aServer({ tokens = [TOKEN], payloadKeys = [NEW, OLD], port = 0 } = {}): Promise<string> {
  const ending = new AbortController()
  return new Promise((resolve, reject) => {
    const running = runCodecServer(
      { payloadKeys, codec: { host: '127.0.0.1', port, tokens, origins: [UI] } },
      { log: pino({ level: 'silent' }), signal: ending.signal, onListening: resolve },
    )
    running.catch(reject)
    onTestFinished(async () => {
      ending.abort()
      await running.catch(() => {})
    })
  })
}

function jsonOf({ metadata, data }: Payload): JsonPayload {
  const named = Object.entries(metadata ?? {}).map(([name, value]) => [
    name,
    Buffer.from(value).toString('base64'),
  ])
  return {
    metadata: Object.fromEntries(named) as Record<string, string>,
    data: Buffer.from(data ?? []).toString('base64'),
  }
}

const plain = (value: unknown): Payload => defaultPayloadConverter.toPayload(value) ?? {}
const textOf = (base64 = ''): string => Buffer.from(base64, 'base64').toString()

async function encrypted(value: unknown, key = OLD): Promise<JsonPayload> {
  const [payload] = await createPayloadCodec([key]).encode([plain(value)])
  return jsonOf(payload ?? {})
}

const authorized = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }

const post = (url: string, body: unknown, headers: Record<string, string> = authorized): Promise<Response> =>
  fetch(url, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) })

async function payloadsOf(response: Response): Promise<JsonPayload[]> {
  expect(response.status).toBe(200)
  return ((await response.json()) as { payloads: JsonPayload[] }).payloads
}

describe('the codec server', () => {
  it('decodes what any of its keys wrote, and passes what is in clear', async () => {
    const url = await aServer()
    const payloads = [await encrypted({ user: 'ada' }), await encrypted('new', NEW), jsonOf(plain(3))]

    const decoded = await payloadsOf(await post(`${url}/decode`, { payloads }))

    expect(decoded.map(({ data }) => textOf(data))).toEqual(['{"user":"ada"}', '"new"', '3'])
    expect(textOf(decoded[0]?.metadata?.['encoding'])).toBe('json/plain')
  })

  it('encodes with its first key', async () => {
    const url = await aServer()

    const [payload] = await payloadsOf(await post(`${url}/encode`, { payloads: [jsonOf(plain('secret'))] }))

    expect(textOf(payload?.metadata?.['encryption-key-id'])).toBe('new')
    expect(textOf(payload?.data)).not.toContain('secret')
  })

  it('takes the token at the beginning of the path, for a UI that has no other place for it', async () => {
    const url = await aServer()
    const headers = { 'content-type': 'application/json', 'x-namespace': 'default', origin: UI }

    const response = await post(`${url}/${TOKEN}/decode`, { payloads: [await encrypted(1)] }, headers)

    expect(response.headers.get('access-control-allow-origin')).toBe(UI)
    expect(await payloadsOf(response)).toHaveLength(1)
  })

  it.each([
    ['/decode', {}],
    ['/decode', { authorization: 'Bearer wrong' }],
    ['/decode', { authorization: `Basic ${TOKEN}` }],
    ['/encode', { authorization: `Bearer ${TOKEN}x` }],
    ['/another-token/decode', {}],
  ])('answers 401 without a valid token: %s %j', async (path, headers) => {
    const url = await aServer()

    const response = await post(
      `${url}${path}`,
      { payloads: [] },
      { 'content-type': 'application/json', ...headers },
    )

    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer')
  })

  it('lets pages of named origins ask, and no others', async () => {
    const url = await aServer()
    const preflight = (origin: string): Promise<Response> =>
      fetch(`${url}/decode`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-private-network': 'true',
        },
      })

    const [allowed, foreign] = await Promise.all([preflight(UI), preflight('https://evil.example')])

    expect(allowed.status).toBe(204)
    expect(Object.fromEntries(allowed.headers)).toMatchObject({
      'access-control-allow-origin': UI,
      'access-control-allow-headers': 'authorization, content-type, x-namespace',
      'access-control-allow-methods': 'POST',
      'access-control-allow-private-network': 'true',
      vary: 'Origin',
    })
    expect(foreign.status).toBe(403)
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull()
    const asked = await post(
      `${url}/decode`,
      { payloads: [] },
      { ...authorized, origin: 'https://evil.example' },
    )
    expect(asked.status).toBe(403)
  })
})

describe('a request that the codec server cannot do', () => {
  let whole: JsonPayload
  beforeAll(async () => {
    whole = await encrypted('secret')
  })

  it.each<[string, () => Promise<unknown>, number, RegExp]>([
    [
      'cut off',
      async () => ({ payloads: [{ ...whole, data: whole.data?.slice(0, 40) }] }),
      422,
      /does not open with the key old/,
    ],
    [
      'of a key that is not there',
      async () => ({ payloads: [await encrypted(1, { ...NEW, id: 'gone' })] }),
      422,
      /the key gone, which is missing here/,
    ],
    [
      'of another program',
      async () => ({
        payloads: [{ ...whole, metadata: { encoding: Buffer.from('binary/encrypted').toString('base64') } }],
      }),
      422,
      /does not say with which key/,
    ],
    ['that is no base64', async () => ({ payloads: [{ data: '***' }] }), 422, /base64/],
    ['that is no list', async () => ({ payloads: 'all' }), 422, /payloads/],
    ['that is no JSON', async () => '{"payloads":', 400, /JSON/i],
    ['that is huge', async () => ({ payloads: [{ data: 'A'.repeat(17 * 1024 * 1024) }] }), 413, /too large/i],
  ])('%s is refused, and says why', async (_, body, status, detail) => {
    const url = await aServer()

    const response = await post(`${url}/decode`, await body())

    const problem = (await response.json()) as Problem
    expect([response.status, problem.detail]).toEqual([status, expect.stringMatching(detail)])
    expect(JSON.stringify(problem)).not.toContain(OLD.key)
    expect(response.headers.get('content-type')).toContain('application/problem+json')
  })

  it('is told which methods and places there are', async () => {
    const url = await aServer()

    expect((await fetch(`${url}/decode`)).status).toBe(405)
    expect((await fetch(`${url}/secrets/of/others`)).status).toBe(404)
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok' })
  })
})

describe('a codec server that cannot be started', () => {
  it('says what is missing', async () => {
    await expect(aServer({ payloadKeys: [] })).rejects.toThrow(/^MATTEFLOW_PAYLOAD_KEYS: expected/)
    await expect(aServer({ tokens: [] })).rejects.toThrow(/^CODEC_TOKENS: expected/)
    const port = Number(new URL(await aServer()).port)
    await expect(aServer({ port })).rejects.toThrow(`CODEC_PORT: ${port} is taken`)
  })
})
