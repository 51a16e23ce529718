import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { workflowIdOf } from '../../domain/removal-id.ts'
import { itInFull } from '../support/in-full.ts'
import { serveHttp } from '../support/serve-http.ts'
import { tempFolder } from '../support/temp-folder.ts'
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

const post = (form: FormData, headers: Record<string, string> = {}) =>
  fetch(`${gateway.url}/v1/removals`, { method: 'POST', body: form, headers })
const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${gateway.url}${path}`, { headers })

/** The names in a refusal of wrong fields. */
async function wrongFields(response: Response): Promise<string[]> {
  const { status, body } = await answerOf(response)
  expect([status, body['kind']]).toEqual([422, 'InvalidRequest'])
  return (body['errors'] as { field: string }[]).map(({ field }) => field)
}

/** Where the gateway of this process keeps for a moment what it looks at, for the rest of a test. */
async function ownTemporaryFolder(): Promise<string> {
  const folder = await tempFolder()
  vi.stubEnv('TMPDIR', folder)
  onTestFinished(() => void vi.unstubAllEnvs())
  return folder
}

describe('a removal that is asked for with a form', () => {
  it('is accepted with its links, waited for, and its output is what was bought', async () => {
    const response = await post(
      removalForm(env.clipBytes, { model: 'human', maxCredits: '9', user: 'ann' }),
      {
        prefer: 'wait=30',
      },
    )
    const { status, body } = await answerOf(response)

    expect(status).toBe(202)
    expect(response.headers.get('location')).toBe(`/v1/removals/${body.id}`)
    expect(response.headers.get('preference-applied')).toBe('wait=30')
    expect(body).toMatchObject({
      state: 'succeeded',
      user: 'ann',
      input: { source: 'walk.mp4', bytes: env.clipBytes.byteLength },
      served: { model: 'human', outputFormat: 'webm' },
      links: { output: `/v1/removals/${body.id}/output` },
    })
    const bytes = Buffer.from(await (await get(`/v1/removals/${body.id}/output`)).arrayBuffer())
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(body.output?.sha256)
    expect((await answerOf(await get(`/v1/removals/${body.id}`))).body).toEqual(body)
  })

  it('answers parts of its output, as players and Safari ask for them', async () => {
    const { body } = await answerOf(await post(removalForm(env.clipBytes), { prefer: 'wait=30' }))
    const path = `/v1/removals/${body.id}/output`
    const whole = Buffer.from(await (await get(path)).arrayBuffer())
    const partOf = async (range: string) => {
      const response = await get(path, { range })
      const bytes = Buffer.from(await response.arrayBuffer())
      return [response.status, response.headers.get('content-range'), bytes.toString('hex')]
    }
    const [size, hex] = [
      whole.byteLength,
      (start: number, end?: number) => whole.subarray(start, end).toString('hex'),
    ]

    expect(await partOf('bytes=0-1')).toEqual([206, `bytes 0-1/${size}`, hex(0, 2)])
    expect(await partOf('bytes=10-')).toEqual([206, `bytes 10-${size - 1}/${size}`, hex(10)])
    expect(await partOf('bytes=-5')).toEqual([206, `bytes ${size - 5}-${size - 1}/${size}`, hex(-5)])
    expect((await partOf(`bytes=${size}-`)).slice(0, 2)).toEqual([416, `bytes */${size}`])
    expect((await partOf('bytes=0-1,4-5'))[0]).toBe(200)
    const { status, headers } = await fetch(`${gateway.url}${path}`, { method: 'HEAD' })
    const etag = headers.get('etag') ?? ''
    expect([status, headers.get('content-length'), headers.get('content-type')]).toEqual([
      200,
      String(size),
      'video/webm',
    ])
    expect((await get(path, { 'if-none-match': `"other", ${etag}` })).status).toBe(304)
    expect((await get(path, { range: 'bytes=0-1', 'if-range': '"other"' })).status).toBe(200)
    expect((await get(path, { range: 'bytes=0-1', 'if-range': etag })).status).toBe(206)
  })

  it('keeps a file name of any language for people, and out of the header', async () => {
    const name = 'Müller "\r\nX-Evil: 1" 走る.mp4'
    const { body } = await answerOf(await post(removalForm(env.clipBytes, {}, name), { prefer: 'wait=30' }))

    const { headers } = await get(`/v1/removals/${body.id}/output?download=1`)

    expect(headers.get('x-evil')).toBeNull()
    expect(headers.get('content-disposition')).toMatch(
      /^attachment; filename="[ -~]+\.cutout\.webm"; filename\*=UTF-8''M%C3%BCller/,
    )
    expect(headers.get('content-disposition')).toContain('%E8%B5%B0%E3%82%8B.cutout.webm')
  })
})

describe('a request that is repeated with its Idempotency-Key', () => {
  it('leads to the same removal, bare or quoted, and buys once', async () => {
    const before = env.sandbox.report().jobsBought
    const form = () => removalForm(env.clipBytes, { reference: 'again' })

    const first = await answerOf(await post(form(), { 'idempotency-key': 'order 1' }))
    const second = await answerOf(await post(form(), { 'idempotency-key': '"order 1"', prefer: 'wait=30' }))

    expect([first.status, second.status]).toEqual([202, 202])
    expect(second.body).toMatchObject({ id: first.body.id, state: 'succeeded' })
    expect(env.sandbox.report().jobsBought - before).toBe(1)
  })

  it('is refused with another body, and while the first is still being taken in', async () => {
    await post(removalForm(env.clipBytes), { 'idempotency-key': 'order 2' })

    const other = await answerOf(
      await post(removalForm(env.clipBytes, { model: 'light' }), { 'idempotency-key': 'order 2' }),
    )
    expect(other).toMatchObject({
      status: 409,
      body: { type: 'urn:matteflow:problem:idempotency-key-reused', kind: null },
    })

    const { promise: sent, resolve: send } = Promise.withResolvers<void>()
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    const form = new Response(removalForm(env.clipBytes))
    const type = form.headers.get('content-type') ?? ''
    const bytes = Buffer.from(await form.arrayBuffer())
    const slow = fetch(`${gateway.url}/v1/removals`, {
      method: 'POST',
      headers: { 'idempotency-key': 'order 3', 'content-type': type },
      duplex: 'half',
      body: new ReadableStream({
        async start(stream) {
          stream.enqueue(bytes.subarray(0, 400))
          begin()
          await sent
          stream.enqueue(bytes.subarray(400))
          stream.close()
        },
      }),
    } as RequestInit)
    await begun
    // The first has the key as soon as its head has arrived.
    let inFlight = await post(removalForm(env.clipBytes), { 'idempotency-key': 'order 3b' })
    for (let tries = 0; tries < 50 && inFlight.status !== 409; tries += 1)
      inFlight = await post(removalForm(env.clipBytes), { 'idempotency-key': 'order 3' })
    expect(inFlight.headers.get('retry-after')).toBe('1')
    expect(await inFlight.json()).toMatchObject({ type: 'urn:matteflow:problem:request-in-flight' })
    send()
    expect((await slow).status).toBe(202)
  })

  itInFull(
    'is told by the ledger once Temporal has forgotten its run: another body is refused, the same one is answered',
    async () => {
      const send = (fields: Record<string, string> = {}) =>
        post(removalForm(env.clipBytes, fields), { 'idempotency-key': 'order 4', prefer: 'wait=30' })
      const first = await answerOf(await send())
      await forget(first.body.id ?? '')
      const bought = env.sandbox.report().jobsBought

      const other = await answerOf(await send({ model: 'light' }))
      const same = await answerOf(await send())

      expect(other).toMatchObject({
        status: 409,
        body: { type: 'urn:matteflow:problem:idempotency-key-reused' },
      })
      expect(same).toMatchObject({ status: 202, body: { id: first.body.id, state: 'succeeded' } })
      expect(env.sandbox.report().jobsBought).toBe(bought)
    },
  )

  it('takes no id besides, and none that another request has', async () => {
    const id = 'mine-1'
    await post(removalForm(env.clipBytes, { id }))

    const used = await answerOf(await post(removalForm(env.clipBytes, { id, model: 'light' })))
    const both = await answerOf(await post(removalForm(env.clipBytes, { id }), { 'idempotency-key': 'k' }))

    expect(used).toMatchObject({ status: 409, body: { type: 'urn:matteflow:problem:id-in-use' } })
    expect(both.status).toBe(400)
  })
})

/** What Temporal does with a closed workflow after its retention. */
async function forget(id: string): Promise<void> {
  const { client } = env.temporal
  const handle = client.workflow.getHandle(workflowIdOf(id))
  const { namespace } = client.options
  const workflowExecution = { workflowId: workflowIdOf(id) }
  const forgotten = async (): Promise<void> => {
    await client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution }).catch(() => {})
    await expect(handle.describe()).rejects.toThrow('not found')
  }
  await vi.waitFor(forgotten, { timeout: 30_000, interval: 500 })
}

describe('a removal that is asked for with JSON', () => {
  it('takes a video by its URL', async () => {
    const site = await serveHttp((_request, response) => response.end(env.clipBytes))
    const url = `${site.url}/a/clip.mp4`
    const near = await env.startGateway({ variables: { MATTEFLOW_PRIVATE_HOSTS: '127.0.0.1' } })

    const { status } = await answerOf(
      await fetch(`${near.url}/v1/removals`, jsonRequest('POST', { source: { url }, model: 'light' })),
    )
    const refused = await answerOf(
      await fetch(`${gateway.url}/v1/removals`, jsonRequest('POST', { source: { url } })),
    )

    expect(status).toBe(202)
    expect(refused).toMatchObject({ status: 422, body: { kind: 'InvalidInput' } })
  })

  it('is told every wrong field at once, and that a storage key is no source here', async () => {
    const wrong = { source: { stored: 'inputs/of-others' }, model: 'best', textPrompt: 7, what: 1 }

    const { status, body } = await answerOf(
      await fetch(`${gateway.url}/v1/removals`, jsonRequest('POST', wrong)),
    )

    expect(status).toBe(422)
    expect(body).toMatchObject({ kind: 'InvalidRequest', requestId: expect.stringMatching(/^req_/) })
    const fields = (body['errors'] as { field: string }[]).map(({ field }) => field)
    expect(fields).toEqual(expect.arrayContaining(['source', 'model', 'textPrompt', 'what']))
  })
})

describe('a request that is wrong', () => {
  it.each([
    ['POST', '/v1/removals/rm_none/cancel', { by: '', what: 1, why: 2 }, ['by', 'what', 'why']],
    ['POST', '/v1/removals/rm_none/resume', { as: 'perhaps', what: 1 }, ['as', 'what']],
    ['POST', '/v1/webhooks/ep_none/rotate', { overlapSeconds: -1, what: 1 }, ['overlapSeconds', 'what']],
    ['POST', '/v1/webhooks/replay', { since: 'yesterday' }, ['since']],
    ['POST', '/v1/webhooks', { url: 'http://a.example/', what: 1 }, ['what']],
    ['POST', '/v1/webhooks', { url: 'http://a.example/' }, ['url']],
    ['POST', '/v1/webhooks', { url: 'nowhere' }, ['url']],
    ['GET', '/v1/removals?limit=0&what=1&why=2', undefined, ['limit', 'what', 'why']],
  ])('%s %s %j has one entry for each wrong field', async (method, path, body, fields) => {
    const request = body === undefined ? { method } : jsonRequest(method, body)

    expect(await wrongFields(await fetch(gateway.url + path, request))).toEqual(fields)
  })

  it.each(['maxCredits', 'previewSeconds'])(
    'by a field of a form that bounds what is bought, and is empty: %s',
    async (field) => {
      for (const value of ['', '  ', 'few'])
        expect(await wrongFields(await post(removalForm(env.clipBytes, { [field]: value })))).toEqual([field])
    },
  )

  it.each(['/v1/removals', '/v1/quotes'])('by a body that is no JSON and no form: POST %s', async (path) => {
    for (const type of ['text/plain', 'application/xml', 'application/x-www-form-urlencoded']) {
      const { status, body } = await answerOf(
        await fetch(gateway.url + path, { method: 'POST', body: 'a=b', headers: { 'content-type': type } }),
      )

      expect([status, body['type']]).toEqual([415, 'urn:matteflow:problem:unsupported-media-type'])
    }
  })
})

describe('the list of removals', () => {
  it('is walked page by page, newest first, each removal once', async () => {
    const made = new Set<string>()
    for (let index = 0; index < 5; index += 1) {
      const form = removalForm(env.clipBytes, { reference: `page ${index}`, project: 'paged' })
      const { body } = await answerOf(await post(form, { prefer: 'wait=30' }))
      made.add(body.id ?? '')
    }
    const seen: { id: string; createdAt: string; project: string }[] = []
    let cursor: string | null = ''
    let pages = 0
    while (cursor !== null) {
      const page: Response = await get(`/v1/removals?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)
      const body = (await page.json()) as { removals: typeof seen; nextCursor: string | null }
      expect(body.removals.length).toBeLessThanOrEqual(2)
      seen.push(...body.removals)
      cursor = body.nextCursor
      pages += 1
    }

    const ids = seen.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect([...made].every((id) => ids.includes(id))).toBe(true)
    expect(pages).toBeGreaterThanOrEqual(3)
    const moments = seen.map(({ createdAt }) => createdAt)
    expect(moments).toEqual([...moments].toSorted().toReversed())
  })

  it('is narrowed to a state, and refuses what is no cursor', async () => {
    const failed = (await (await get('/v1/removals?state=cancelled')).json()) as { removals: unknown[] }

    expect(failed.removals).toEqual([])
    expect((await get('/v1/removals?cursor=nonsense')).status).toBe(400)
    expect((await get('/v1/removals?limit=0')).status).toBe(422)
    expect((await get('/v1/removals?state=sleeping')).status).toBe(422)
  })

  it('takes what a form has left empty as left out', async () => {
    const whole = await (await get('/v1/removals')).json()

    const { status, body } = await answerOf(await get('/v1/removals?state=&cursor=&limit='))

    expect(status).toBe(200)
    expect(body).toEqual(whole)
    expect((await get('/v1/usage?by=&since=&until=&user=&project=')).status).toBe(200)
    expect((await get('/v1/webhooks/deliveries?endpoint=&limit=')).status).toBe(200)
  })
})

describe('cancelling and resuming', () => {
  it('answers what has ended with its document, and a 409 where nothing is parked', async () => {
    const { body } = await answerOf(await post(removalForm(env.clipBytes), { prefer: 'wait=30' }))

    const cancelled = await answerOf(
      await fetch(`${gateway.url}/v1/removals/${body.id}/cancel`, { method: 'POST' }),
    )
    const resumed = await answerOf(
      await fetch(`${gateway.url}/v1/removals/${body.id}/resume`, jsonRequest('POST', {})),
    )
    const unknown = await answerOf(
      await fetch(`${gateway.url}/v1/removals/nobody/cancel`, { method: 'POST' }),
    )

    expect(cancelled).toMatchObject({ status: 202, body: { id: body.id, state: 'succeeded' } })
    expect(resumed).toMatchObject({ status: 409, body: { type: 'urn:matteflow:problem:not-parked' } })
    expect(unknown).toMatchObject({ status: 404, body: { kind: 'NotFound' } })
  })

  it('lets a parked removal go on', async () => {
    env.sandbox.setCredits(0)
    const parked = await answerOf(
      await post(removalForm(env.clipBytes, { reference: 'poor' }), { prefer: 'wait=30' }),
    )
    env.sandbox.setCredits(1_000)

    const resumed = await fetch(`${gateway.url}/v1/removals/${parked.body.id}/resume`, { method: 'POST' })
    const { body } = await answerOf(await get(`/v1/removals/${parked.body.id}`, { prefer: 'wait=30' }))

    expect(parked.body).toMatchObject({ state: 'parked', failure: { kind: 'InsufficientCredits' } })
    expect(resumed.status).toBe(202)
    expect(body).toMatchObject({ state: 'succeeded' })
  })
})

describe('a request that says it brings JSON, and brings nothing', () => {
  it('is one without a body', async () => {
    const { body } = await answerOf(
      await post(removalForm(env.clipBytes, { reference: 'no body' }), { prefer: 'wait=30' }),
    )
    const ask = async (method: string, what: string) =>
      (
        await fetch(`${gateway.url}/v1/removals/${body.id}${what}`, {
          ...{ method, headers: { 'content-type': 'application/json' } },
        })
      ).status

    expect(await ask('POST', '/cancel')).toBe(202)
    expect(await ask('POST', '/resume')).toBe(409)
    expect(await ask('DELETE', '')).toBe(200)
  })
})

describe('who resumed and who cancelled, by a gateway with tokens', () => {
  const TOKEN = 'a-token-of-the-shop'
  // The start of its SHA-256, as anybody can reckon it.
  const NAME = `gateway:shop/${createHash('sha256').update(TOKEN).digest('hex').slice(0, 8)}`
  const authorization = `Bearer ${TOKEN}`
  const parksOf = (id: unknown) => env.dependencies.ledger.parks.all(String(id))
  afterEach(() => env.sandbox.setCredits(1_000))

  it.each([
    ['names somebody', { by: 'ada', note: 'topped up' }, `ada (${NAME})`, 'topped up'],
    ['names nobody', {}, NAME, null],
  ])('stands in history and ledger, where the caller %s', async (_how, said, by, note) => {
    const { url } = await env.startGateway({ variables: { GATEWAY_TOKENS: `shop:${TOKEN}` } })
    env.sandbox.setCredits(0)
    const ask = async (path: string, body: unknown) =>
      answerOf(await fetch(`${url}/v1/removals${path}`, jsonRequest('POST', body, { authorization })))
    const form = {
      body: removalForm(env.clipBytes, { model: 'light' }),
      headers: { authorization, prefer: 'wait=30' },
    }
    const { body: parked } = await answerOf(await fetch(`${url}/v1/removals`, { method: 'POST', ...form }))

    expect(await ask(`/${parked.id}/resume`, said)).toMatchObject({ status: 202 })
    // The account is as empty as before: it parks once more.
    await vi.waitFor(async () => expect(await parksOf(parked.id)).toHaveLength(2), { timeout: 30_000 })
    const { body: cancelled } = await ask(`/${parked.id}/cancel`, said)

    const parks = await parksOf(parked.id)
    expect(parks.map(({ endedBy, resumedBy, note: words }) => [endedBy, resumedBy, words])).toEqual([
      ['person', by, note],
      ['cancel', by, note],
    ])
    expect(cancelled.failure?.message).toBe(
      `removal ${parked.id} was cancelled by ${by}${note === null ? '' : `: ${note}`}`,
    )
    const history = await env.temporal.client.workflow.getHandle(`removal/${parked.id}`).fetchHistory()
    const told = JSON.stringify(history).match(/[A-Za-z0-9+/=]{24,}/g) ?? []
    const words = told
      .map((text) => Buffer.from(text, 'base64').toString())
      .filter((text) => text.includes(by))
    expect(words.length).toBeGreaterThanOrEqual(2)
  })
})

describe('deleting', () => {
  const remove = async (id: string) =>
    answerOf(await fetch(`${gateway.url}/v1/removals/${id}`, { method: 'DELETE' }))

  it('takes the files of what has ended, once, and answers 410 for its bytes', async () => {
    const { body } = await answerOf(
      await post(removalForm(env.clipBytes, { reference: 'deleted' }), { prefer: 'wait=30' }),
    )

    const deleted = await remove(body.id ?? '')
    const again = await remove(body.id ?? '')
    const bytes = await answerOf(await get(`/v1/removals/${body.id}/output`))

    expect(deleted).toMatchObject({ status: 200, body: { id: body.id, state: 'succeeded' } })
    expect(deleted.body.deletedAt).toMatch(/Z$/)
    expect(again).toMatchObject({ status: 200, body: { deletedAt: expect.stringMatching(/Z$/) } })
    expect(bytes).toMatchObject({ status: 410, body: { type: 'urn:matteflow:problem:gone' } })
    expect(await remove('nobody')).toMatchObject({ status: 404, body: { kind: 'NotFound' } })
  })

  it('is a 409 while the removal is not finished, with what to do', async () => {
    env.sandbox.setCredits(0)
    const { body } = await answerOf(
      await post(removalForm(env.clipBytes, { reference: 'unfinished' }), { prefer: 'wait=30' }),
    )
    env.sandbox.setCredits(1_000)

    const refused = await remove(body.id ?? '')
    await fetch(`${gateway.url}/v1/removals/${body.id}/cancel`, { method: 'POST' })

    expect(refused).toMatchObject({ status: 409, body: { type: 'urn:matteflow:problem:conflict' } })
    expect(JSON.stringify(refused.body)).toContain(`matteflow cancel ${body.id}`)
  })
})

describe('credits', () => {
  it('are quoted for a length alone, and for no more than a length that there can be', async () => {
    const quote = (body: unknown) => fetch(`${gateway.url}/v1/quotes`, jsonRequest('POST', body))

    const { status, body } = await answerOf(await quote({ durationSeconds: 12.5 }))

    expect(status).toBe(200)
    expect(body['models']).toContainEqual({
      model: 'human',
      credits: 9.375,
      creditsPerMinute: 45,
      expectedSeconds: 16,
    })
    for (const durationSeconds of [0, -1, 1e9, '12', null])
      expect((await quote({ durationSeconds })).status).toBe(422)
    expect((await quote({ durationSeconds: 1, source: { url: 'https://a.example/b' } })).status).toBe(422)
  })

  it('are quoted for the file of a form, which is stored nowhere and bought for nothing', async () => {
    const folder = await ownTemporaryFolder()
    const before = [await storedInputs(env.storageUrl), env.sandbox.report()]
    const quote = async (body: FormData) =>
      answerOf(await fetch(`${gateway.url}/v1/quotes`, { method: 'POST', body }))

    const { status, body } = await quote(removalForm(env.clipBytes))
    const noVideo = await quote(removalForm(Buffer.from('no video at all')))
    const withMore = await quote(removalForm(env.clipBytes, { model: 'light', what: '1' }))
    const twoFiles = removalForm(env.clipBytes)
    twoFiles.append('file', new Blob(['b']), 'b.mp4')
    const refused = [await quote(new FormData()), await quote(twoFiles)]

    expect([status, body['durationSeconds']]).toEqual([200, 1])
    expect(body['models']).toContainEqual(expect.objectContaining({ model: 'human', credits: 0.75 }))
    expect(noVideo).toMatchObject({ status: 422, body: { kind: 'InvalidInput' } })
    expect(withMore).toMatchObject({ status: 422, body: { errors: [{ field: 'model' }, { field: 'what' }] } })
    for (const problem of refused) expect(problem.status).toBe(400)
    expect(await readdir(folder)).toEqual([])
    expect([await storedInputs(env.storageUrl), env.sandbox.report()]).toEqual(before)
  })

  it('are quoted for no file that breaks off, and nothing of it stays', async () => {
    const folder = await ownTemporaryFolder()
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1')
    const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n'
    socket.write(
      `POST /v1/quotes HTTP/1.1\r\nHost: ${new URL(gateway.url).host}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 900000\r\n\r\n${head}${'x'.repeat(200_000)}`,
    )
    await vi.waitFor(async () => expect(await readdir(folder, { recursive: true })).toHaveLength(2))
    socket.destroy()

    await vi.waitFor(async () => expect(await readdir(folder)).toEqual([]), 10_000)
  })

  it('are told where they cannot be quoted, by the field of the form that was meant', async () => {
    const fieldsOf = async (body: unknown) =>
      wrongFields(await fetch(`${gateway.url}/v1/quotes`, jsonRequest('POST', body)))

    expect(await fieldsOf({ durationSeconds: '12' })).toEqual(['durationSeconds'])
    expect(await fieldsOf({ source: { url: 'nowhere' } })).toEqual(['source.url'])
    expect(await fieldsOf({})).toEqual([''])
  })

  it('that were used are told by day, model and user', async () => {
    await post(removalForm(env.clipBytes, { user: 'bob', reference: 'usage' }), { prefer: 'wait=30' })

    const { status, body } = await answerOf(await get('/v1/usage?by=user,model'))

    expect(status).toBe(200)
    expect(body['rows']).toContainEqual(
      expect.objectContaining({ user: 'bob', model: 'original', bought: 1, spent: 1 }),
    )
    expect(body['budget']).toMatchObject({ limit: null, left: null })
    expect((await get('/v1/usage?by=weather')).status).toBe(422)
  })
})
