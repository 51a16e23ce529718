import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { DEFAULT_LIMITS } from '../../gateway/auth/project-limits.ts'
import { ALWAYS, show } from '../../sandbox/index.ts'
import { announcementOf, askForUpload, createUpload, sendPiece } from '../support/upload-client.ts'
import type { GatewayEnvironment, RunningGateway } from './support/gateway-environment.ts'
import { answerOf, removalForm, startGatewayEnvironment } from './support/gateway-environment.ts'
import { storedInputs } from './support/stored-inputs.ts'

const variables = { GATEWAY_TOKENS: 'acme:a-token,shop:s-token' }

const as = ({ url }: RunningGateway) => ({ url, token: 'a-token' })

let env: GatewayEnvironment

beforeAll(async () => {
  env = await startGatewayEnvironment()
}, 120_000)
afterAll(() => env?.close(), 60_000)

/** A connection on which bytes are sent as they are. `answer` is all that came once it has ended. */
function open({ url }: RunningGateway, text: string): { socket: Socket; answer: Promise<string> } {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk)).on('error', () => {})
  const answer = once(socket, 'close').then(() => Buffer.concat(chunks).toString('latin1'))
  socket.write(text)
  return { socket, answer }
}

const head = ({ url }: RunningGateway, line: string, headers: readonly string[], token = 'a-token') =>
  `${[line, `Host: ${new URL(url).host}`, `Authorization: Bearer ${token}`, ...headers].join('\r\n')}\r\n`

const FORM = [
  ...['POST /v1/removals HTTP/1.1', 'Content-Type: multipart/form-data; boundary=b'],
  'Transfer-Encoding: chunked',
] as const

/** A form whose file has begun and goes on for as long as the connection does. */
function beginForm(gateway: RunningGateway, token?: string) {
  const [line, ...headers] = FORM
  const part = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\nbytes'
  const chunk = `${part.length.toString(16)}\r\n${part}\r\n`
  return open(gateway, `${head(gateway, line, headers, token)}\r\n${chunk}`)
}

const stored = () => storedInputs(env.storageUrl)

describe('a client that is slow on purpose', () => {
  let gateway: RunningGateway
  beforeAll(async () => {
    const bounds = { headersWithinMs: 300, smallBodyWithinMs: 300, idleMs: 1_000, lookEveryMs: 100 }
    gateway = await env.startGateway({ variables, bounds })
  })

  /** Sends a byte now and then, until the other side has had enough. */
  function drip(socket: Socket, byte: string): void {
    const timer = setInterval(() => socket.write(byte), 50)
    socket.once('close', () => clearInterval(timer))
  }

  it('is refused by a 408 where its head drips in', async () => {
    const { socket, answer } = open(gateway, head(gateway, 'GET /v1/removals HTTP/1.1', ['X-Slow: ']))
    drip(socket, 'a')

    expect(await answer).toMatch(/^HTTP\/1\.1 408 .*application\/problem\+json/s)
  })

  it('is refused by a 408 where its JSON drips in', async () => {
    const headers = ['Content-Type: application/json', 'Content-Length: 100000']
    const { socket, answer } = open(gateway, `${head(gateway, 'POST /v1/quotes HTTP/1.1', headers)}\r\n{`)
    drip(socket, ' ')

    expect(await answer).toMatch(/^HTTP\/1\.1 408 .*application\/problem\+json/s)
  })

  it('is cut off where its file does not go on, and nothing of it stays', async () => {
    const { answer } = beginForm(gateway)

    await vi.waitFor(async () => expect(await stored()).not.toEqual([]))
    await answer
    await vi.waitFor(async () => expect(await stored()).toEqual([]), 10_000)
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200)
  })
})

describe('a client that says it brings JSON, brings nothing, and waits for its answer', () => {
  it('gets it', async () => {
    const gateway = await env.startGateway({
      variables,
      bounds: { headersWithinMs: 15_000, smallBodyWithinMs: 300, idleMs: 30_000, lookEveryMs: 5_000 },
    })
    const authorization = 'Bearer a-token'
    env.sandbox.addFaults([show('status', { status: 'processing' }, { occurrence: ALWAYS })])
    const started = await fetch(`${gateway.url}/v1/removals`, {
      ...{ method: 'POST', headers: { authorization }, body: removalForm(env.clipBytes) },
    })
    const url = `${gateway.url}${started.headers.get('location')}`

    const waited = await fetch(url, {
      headers: { authorization, 'content-type': 'application/json', prefer: 'wait=1' },
    })

    expect(waited.status).toBe(200)
    env.sandbox.clearFaults()
    const ended = await fetch(url, { headers: { authorization, prefer: 'wait=50' } })
    expect(await ended.json()).toMatchObject({ state: 'succeeded' })
  })
})

describe('a project with an upload under way, of which it may have one', () => {
  it('is told to come again, in a form and in pieces, until that one is over; others go on', async () => {
    const gateway = await env.startGateway({ variables, limits: { ...DEFAULT_LIMITS, uploadsInFlight: 1 } })
    const send = (token = 'a-token') =>
      fetch(`${gateway.url}/v1/removals`, {
        ...{ method: 'POST', body: removalForm(env.clipBytes) },
        headers: { authorization: `Bearer ${token}` },
      })
    const path = await createUpload(as(gateway), env.clipBytes)
    const { socket } = beginForm(gateway)
    const patch = () => sendPiece(as(gateway), path, { offset: 0, body: env.clipBytes })

    // The first is under way once the second is refused.
    await vi.waitFor(async () => expect((await patch()).status).toBe(429), { timeout: 10_000, interval: 50 })
    const refused = await send()
    expect(await answerOf(refused)).toMatchObject({
      status: 429,
      body: { type: 'urn:matteflow:problem:too-many-requests', detail: expect.stringContaining('1 uploads') },
    })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await send('s-token')).status).toBe(202)

    socket.destroy()
    await vi.waitFor(async () => expect((await send()).status).toBe(202), { timeout: 10_000, interval: 50 })
  })
})

describe('a project that has brought as many bytes as it may in an hour', () => {
  it('brings no more, in a form and in pieces; others go on', async () => {
    const gateway = await env.startGateway({
      variables,
      limits: { ...DEFAULT_LIMITS, uploadBytesPerHour: env.clipBytes.byteLength + 1_000 },
    })
    const send = async (token = 'a-token') =>
      answerOf(
        await fetch(`${gateway.url}/v1/removals`, {
          ...{ method: 'POST', body: removalForm(env.clipBytes, { reference: 'bytes' }) },
          headers: { authorization: `Bearer ${token}` },
        }),
      )
    const path = await createUpload(as(gateway), env.clipBytes)
    const bring = (body: Uint8Array | ReadableStream) => sendPiece(as(gateway), path, { offset: 0, body })
    const before = await stored()

    expect((await send()).status).toBe(202)
    expect(await send()).toMatchObject({ status: 429, body: { detail: expect.stringContaining('bytes') } })
    expect((await bring(env.clipBytes)).status).toBe(429)
    // Also where a piece does not say how long it is.
    expect((await bring(new Blob([env.clipBytes]).stream())).status).toBe(429)
    expect((await send('s-token')).status).toBe(202)
    await vi.waitFor(async () => {
      const left = (await stored()).filter((key) => key.startsWith('uploads/'))
      expect(left).toEqual(before.filter((key) => key.startsWith('uploads/')))
    }, 10_000)
  })
})

describe('bytes whose number is not said', () => {
  const unsized = (): ReadableStream => new Blob([env.clipBytes]).stream()

  it.each([
    [
      'a piece',
      async (gateway: RunningGateway) =>
        sendPiece(as(gateway), await createUpload(as(gateway), env.clipBytes), {
          offset: 0,
          body: unsized(),
        }),
    ],
    [
      'a creation',
      (gateway: RunningGateway) => askForUpload(as(gateway), announcementOf(env.clipBytes), unsized()),
    ],
  ])('count as all that is missing: %s', async (_way, bring) => {
    const limits = { ...DEFAULT_LIMITS, uploadBytesPerHour: env.clipBytes.byteLength - 1 }
    const gateway = await env.startGateway({ variables, limits })

    expect((await bring(gateway)).status).toBe(429)
  })
})
