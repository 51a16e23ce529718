import { once } from 'node:events'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { GatewayEnvironment, RunningGateway } from './support/gateway-environment.ts'
import { answerOf, jsonRequest, removalForm, startGatewayEnvironment } from './support/gateway-environment.ts'
import { storedInputs } from './support/stored-inputs.ts'

let env: GatewayEnvironment
let gateway: RunningGateway

beforeAll(async () => {
  env = await startGatewayEnvironment()
  gateway = await env.startGateway()
}, 120_000)
afterAll(() => env?.close(), 60_000)

const post = (body: RequestInit['body'], headers: Record<string, string> = {}, path = '/v1/removals') =>
  fetch(`${gateway.url}${path}`, { method: 'POST', body, headers, duplex: 'half' } as RequestInit)

const stored = () => storedInputs(env.storageUrl)

/** Sends bytes as they are, and gives what comes back before the connection ends or is quiet. */
async function sendRaw(bytes: string | Buffer): Promise<string> {
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => {
    chunks.push(chunk)
    socket.end()
  })
  socket.on('error', () => {})
  socket.write(bytes)
  await once(socket, 'close')
  return Buffer.concat(chunks).toString('latin1')
}

const host = () => new URL(gateway.url).host

describe('a file that is larger than any video', () => {
  it('is refused by a 413 that the client sees, whether it says its length or not, and leaves nothing', async () => {
    const head = Buffer.from(
      '--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\nContent-Type: video/mp4\r\n\r\n',
    )
    const chunk = Buffer.alloc(4 * 1024 * 1024)
    const before = process.memoryUsage().rss
    let left = 130
    const endless = new ReadableStream({
      start: (stream) => stream.enqueue(head),
      pull(stream) {
        left -= 1
        if (left > 0) stream.enqueue(chunk)
        else stream.close()
      },
    })

    const unsized = await answerOf(await post(endless, { 'content-type': 'multipart/form-data; boundary=b' }))
    const sized = await sendRaw(
      `POST /v1/removals HTTP/1.1\r\nHost: ${host()}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 900000000\r\n\r\n${head.toString()}`,
    )

    expect(unsized).toMatchObject({ status: 413, body: { type: 'urn:matteflow:problem:content-too-large' } })
    expect(sized).toMatch(/^HTTP\/1\.1 413 /)
    await vi.waitFor(async () => expect(await stored()).toEqual([]), 10_000)
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024)
  }, 120_000)
})

describe('a form', () => {
  it.each([
    ['that breaks off', '--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\nabc'],
    ['without an end of its head', '--b\r\nContent-Disp'],
    ['without a part', '--b--\r\n'],
    ['that is no form at all', 'file=abc'],
    ['that is empty', ''],
    ['with a field alone', '--b\r\nContent-Disposition: form-data; name="model"\r\n\r\nlight\r\n--b--\r\n'],
    [
      'with two files',
      '--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\na\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="b.mp4"\r\n\r\nb\r\n--b--\r\n',
    ],
    [
      'with its file under another name',
      '--b\r\nContent-Disposition: form-data; name="video"; filename="a.mp4"\r\n\r\na\r\n--b--\r\n',
    ],
    [
      'that reaches for prototypes',
      '--b\r\nContent-Disposition: form-data; name="__proto__"\r\n\r\nx\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\na\r\n--b--\r\n',
    ],
  ])('%s is a clear 4xx, and nothing stays', async (_what, body) => {
    const { status, body: problem } = await answerOf(
      await post(body, { 'content-type': 'multipart/form-data; boundary=b' }),
    )

    expect([400, 413, 422]).toContain(status)
    expect(problem).toMatchObject({ status, requestId: expect.stringMatching(/^req_/) })
    expect(await stored()).toEqual([])
  })

  it('whose file is no video is refused before anything is bought', async () => {
    const { status, body } = await answerOf(await post(removalForm(Buffer.from('no video at all'))))

    expect([status, body['kind']]).toEqual([422, 'InvalidInput'])
    expect(await stored()).toEqual([])
  })

  it.each([
    '../../etc/passwd',
    '..\\..\\boot.ini',
    '/etc/shadow',
    'a\u0000b.mp4',
    '.',
    '..',
    ' ',
    'x'.repeat(400),
    'caf\u00e9\u202emp4',
    '\ud800.mp4',
  ])('whose file is called %j is taken by a name that breaks out of nothing', async (name) => {
    const before = new Set(await allKeys())
    const { status, body } = await answerOf(
      await post(
        removalForm(
          env.clipBytes,
          { reference: name.slice(0, 9).replaceAll('\u0000', '0').toWellFormed() },
          name,
        ),
        { prefer: 'wait=30' },
      ),
    )

    expect([status, body.state]).toEqual([202, 'succeeded'])
    expect(body.input?.source).not.toMatch(/[\\/]|\p{Cc}/u)
    for (const key of await allKeys())
      if (!before.has(key)) expect(key).toMatch(/^(inputs|outputs|exchanges|starts)\//)
  })

  it('whose file has a name in Latin-1 is taken, by a name that can be shown', async () => {
    const [start, end] = [
      Buffer.from(
        '--b\r\nContent-Disposition: form-data; name="file"; filename="caf\u00e9.mp4"\r\n\r\n',
        'latin1',
      ),
      Buffer.from('\r\n--b--\r\n'),
    ]
    const { status, body } = await answerOf(
      await post(Buffer.concat([start, env.clipBytes, end]), {
        ...{ 'content-type': 'multipart/form-data; boundary=b', prefer: 'wait=30' },
      }),
    )

    expect([status, body.state]).toEqual([202, 'succeeded'])
    expect(body.input?.source).toMatch(/^caf.\.mp4$/u)
    expect(body.input?.source.isWellFormed()).toBe(true)
  })

  it('that is broken off by its client leaves nothing', async () => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1')
    socket.write(
      `POST /v1/removals HTTP/1.1\r\nHost: ${host()}\r\nContent-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n`,
    )
    const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n'
    const body = head + 'x'.repeat(200_000)
    await new Promise((resolve) => socket.write(`${body.length.toString(16)}\r\n${body}\r\n`, resolve))
    await vi.waitFor(async () => expect(await stored()).not.toEqual([]))
    socket.destroy()

    await vi.waitFor(async () => expect(await stored()).toEqual([]), 10_000)
  })
})

describe('a body', () => {
  const json = { 'content-type': 'application/json' }

  it.each([
    ['that is no JSON', '{"source":', json, 400],
    ['that is nested without end', '['.repeat(100_000), json, 400],
    ['of another kind', '<a/>', { 'content-type': 'application/xml' }, 415],
    ['of no kind', 'abc', { 'content-type': '' }, 415],
    ['that is compressed', gzipSync(Buffer.alloc(10_000_000)), { ...json, 'content-encoding': 'gzip' }, 415],
    ['that is a giant', JSON.stringify({ source: { url: 'x'.repeat(300_000) } }), json, 413],
    ['that is a list', '[]', json, 422],
    ['that is null', 'null', json, 422],
    ['that reaches for prototypes', '{"__proto__":{"source":1}}', json, 400],
  ])('%s is a clear 4xx', async (_what, body, headers, expected) => {
    const { status, body: problem } = await answerOf(await post(body as RequestInit['body'], headers))

    expect(status).toBe(expected)
    expect(problem).toMatchObject({ status: expected, requestId: expect.stringMatching(/^req_/) })
  })

  it('that drips in is bounded by the time of its head', async () => {
    expect(await sendRaw('NONSENSE\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 .*application\/problem\+json/s)
    expect(
      await sendRaw(`GET / HTTP/1.1\r\nHost: ${host()}\r\nX-Long: ${'a'.repeat(40_000)}\r\n\r\n`),
    ).toMatch(/^HTTP\/1\.1 431 /)
  })
})

describe('an address', () => {
  it.each([
    '/v1/removals/..%2f..%2fetc',
    '/v1/removals/%00',
    '/v1/removals/%E0%A4%A',
    '/v1/removals/a b',
    `/v1/removals/${'a'.repeat(300)}`,
    '/v1/uploads/..%2Fup',
    '/v1/uploads/nope',
    '/docs/../../package.json',
    '/v1/removals?limit=1&limit=2',
  ])('%j is a 4xx', async (path) => {
    const answer = await sendRaw(
      `GET ${path.replaceAll(' ', '%20')} HTTP/1.1\r\nHost: ${host()}\r\nConnection: close\r\n\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /)
  })

  it('answers the methods that it does not know with those that it knows', async () => {
    for (const method of ['PUT', 'PATCH', 'DELETE', 'QUERY']) {
      const response = await fetch(`${gateway.url}/v1/removals`, { method })
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST'])
    }
  })

  it('takes no header of a client into its own', async () => {
    const id = 'a%0d%0aX-Evil:%201'
    const response = await fetch(`${gateway.url}/v1/removals/${id}`, jsonRequest('GET', undefined))
    expect(response.headers.get('x-evil')).toBeNull()
  })
})

async function allKeys(): Promise<string[]> {
  const found: string[] = []
  for await (const key of env.dependencies.storage.list('')) found.push(key)
  return found
}
