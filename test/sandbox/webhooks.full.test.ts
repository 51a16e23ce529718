import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { connectSandbox, failJob, lateWebhook, neverEnd, oddWebhook } from '../../sandbox/index.ts'
import type { ReceivedCall } from '../support/serve-receiver.ts'
import { serveReceiver } from '../support/serve-receiver.ts'
import { paintClip, useFolder } from './support/clips.ts'
import { useSandbox } from './support/use-sandbox.ts'

const SECRET = 'whsec_of_the_vendor'
const folder = useFolder()
const start = useSandbox(() => join(folder(), 'renders'))
let clip = ''
beforeAll(async () => {
  clip = await paintClip(join(folder(), 'clip.mp4'), { screen: '0x00B140' })
})

/** A receiver that answers each call with the next of these statuses, the last one again and again. */
async function receive(...statuses: number[]) {
  const { url, calls: received } = await serveReceiver((response, calls) => {
    const status = statuses[Math.min(calls, statuses.length) - 1] ?? 200
    response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end()
  })
  return {
    url,
    received,
    events: () => received.map(eventOf),
    of: (event: string) => first(received, event),
  }
}

/** The event named, whichever way its calls came in: the vendor promises no order. */
function first(received: ReceivedCall[], event: string): ReceivedCall {
  const found = received.find((each) => eventOf(each) === event)
  if (found === undefined) throw new Error(`no ${event} came in`)
  return found
}

const eventOf = ({ headers }: ReceivedCall) => headers['x-webhook-event']

/** By the vendor's page: the literal timestamp, a full stop, the raw bytes. */
function signatureOf({ headers, body }: ReceivedCall, secret = SECRET): string {
  const mac = createHmac('sha256', secret)
    .update(`${String(headers['x-webhook-timestamp'])}.`)
    .update(body)
  return `sha256=${mac.digest('hex')}`
}

describe('a job with a webhook_url', () => {
  it('is told of its start and its end, signed over timestamp and raw body', async () => {
    const { vendor, sandbox } = await start({ webhookSecret: SECRET })
    const hook = await receive()
    const id = await vendor.draft(clip, { webhook_url: hook.url })
    await vendor.start(id)
    await vi.waitFor(() => expect(hook.received).toHaveLength(2), 50_000)

    const [started, completed] = [hook.of('job.started'), hook.of('job.completed')]
    for (const each of [started, completed]) {
      expect(each.headers['x-webhook-signature']).toBe(signatureOf(each))
      expect(Math.abs(Date.parse(String(each.headers['x-webhook-timestamp'])) - Date.now())).toBeLessThan(
        60_000,
      )
      expect(each.headers['content-type']).toBe('application/json')
    }
    expect(started.headers['x-webhook-delivery-id']).not.toBe(completed.headers['x-webhook-delivery-id'])
    const told = JSON.parse(completed.body.toString())
    expect(told).toMatchObject({ event: 'job.completed', data: { id, status: 'completed' } })
    expect((await fetch(told.data.output_url)).status).toBe(200)
    await vi.waitFor(async () =>
      expect((await vendor.status(id)).json['webhook_events']).toEqual({
        'job.started': 'sent',
        'job.completed': 'sent',
      }),
    )
    expect(sandbox.report().jobs[0]?.webhooks).toMatchObject({ 'job.completed': { tries: 1 } })
  })

  it('named on start is told of a failure, with its error, and unsigned without a secret', async () => {
    const { vendor } = await start({ faults: [failJob('GPU worker lost')] })
    const hook = await receive()
    await vendor.start(await vendor.draft(clip), { webhook_url: hook.url })
    await vi.waitFor(() => expect(hook.events()).toContain('job.failed'), 50_000)

    const failed = hook.of('job.failed')
    expect(failed.headers['x-webhook-signature']).toBeUndefined()
    expect(JSON.parse(failed.body.toString()).data).toMatchObject({
      status: 'failed',
      error: 'GPU worker lost',
    })
  })

  it('is told of its end only when it is due, and of none that never comes', async () => {
    const modes = { instant: false }
    const { vendor, sandbox } = await start({ modes, speed: 4, faults: [neverEnd({ jobIndex: 2 })] })
    const hook = await receive()
    const id = await vendor.draft(clip, { webhook_url: hook.url })
    await vendor.start(id)
    await vendor.start(await vendor.draft(clip, { webhook_url: hook.url }))
    await vi.waitFor(() => expect(hook.events()).toContain('job.completed'), 50_000)

    expect((await vendor.status(id)).json['status']).toBe('completed')
    await vi.waitFor(() => expect(sandbox.report().jobs[1]?.renderedBy).toBe('key'), 50_000)
    expect(hook.events().filter((event) => event !== 'job.started')).toEqual(['job.completed'])
  })

  it.each([
    ['is tried again until it is taken', [500, 302, 204], 3, 'sent', 3],
    ['is given up after the last try', [503], 3, 'failed', 3],
  ])('%s', async (_what, statuses, calls, state, tries) => {
    const { vendor, sandbox } = await start({ speed: 1_000, faults: [neverEnd()] })
    const hook = await receive(...statuses)
    await vendor.start(await vendor.draft(clip, { webhook_url: hook.url }))

    await vi.waitFor(
      () => expect(sandbox.report().jobs[0]?.webhooks).toEqual({ 'job.started': { state, tries } }),
      50_000,
    )
    expect(hook.received).toHaveLength(calls)
    const ids = new Set(hook.received.map(({ headers }) => headers['x-webhook-delivery-id']))
    expect(ids.size).toBe(1)
  })

  it('is told after a restart what was not told before', async () => {
    const dataDir = join(folder(), 'restarted')
    const hook = await receive()
    const first = await start({ dataDir, modes: { instant: false }, speed: 0.001 })
    await first.vendor.start(await first.vendor.draft(clip, { webhook_url: hook.url }))
    await vi.waitFor(() => expect(first.sandbox.report().jobs[0]?.webhooks).toHaveProperty(['job.started']))
    await first.sandbox.close()
    expect(hook.events()).toEqual(['job.started'])

    await start({ dataDir })
    await vi.waitFor(() => expect(hook.events()).toEqual(['job.started', 'job.completed']), 50_000)
  })
})

describe('a scripted webhook', () => {
  const play = async (fault: ReturnType<typeof oddWebhook>, events: number) => {
    const { vendor } = await start({ webhookSecret: SECRET, speed: 1_000, faults: [fault] })
    const hook = await receive()
    const id = await vendor.draft(clip, { webhook_url: hook.url })
    await vendor.start(id)
    await vi.waitFor(() => expect(hook.received).toHaveLength(events), 50_000)
    return { ...hook, id, status: async () => (await vendor.status(id)).json['webhook_events'] }
  }

  it('is lost', async () => {
    const { events, status } = await play(oddWebhook('lost'), 1)

    expect(events()).toEqual(['job.completed'])
    expect(await status()).toMatchObject({ 'job.started': 'failed' })
  })

  it('comes twice, to the byte', async () => {
    const { received, events } = await play(oddWebhook('doubled', { occurrence: 2 }), 3)

    expect(events().filter((event) => event === 'job.started')).toHaveLength(1)
    const [once, twice] = received.filter((each) => eventOf(each) === 'job.completed')
    expect(twice?.body).toEqual(once?.body)
    for (const name of ['x-webhook-delivery-id', 'x-webhook-timestamp', 'x-webhook-signature'])
      expect(twice?.headers[name]).toBe(once?.headers[name])
  })

  it('is overtaken by the next one', async () => {
    const { events } = await play(oddWebhook('overtaken'), 2)

    expect(events()).toEqual(['job.completed', 'job.started'])
  })

  it('comes late', async () => {
    const before = Date.now()
    const { of } = await play(lateWebhook(1_500), 2)

    expect(Date.parse(String(of('job.started').headers['x-webhook-timestamp'])) - before).toBeGreaterThan(
      1_400,
    )
  })

  it('tells an end that is not there yet', async () => {
    const { received } = await play(oddWebhook('early'), 2)

    expect(received.map(eventOf)).toEqual(['job.completed', 'job.completed'])
    const told = received.map(({ body }) => JSON.parse(body.toString()).data.status)
    expect(new Set(told)).toEqual(new Set(['completed', 'processing']))
  })

  it('is forged', async () => {
    const { of } = await play(oddWebhook('forged'), 2)
    const forged = of('job.started')

    expect(forged.headers['x-webhook-signature']).toMatch(/^sha256=[0-9a-f]{64}$/)
    expect(forged.headers['x-webhook-signature']).not.toBe(signatureOf(forged))
  })

  it('is unsigned', async () => {
    const { of } = await play(oddWebhook('unsigned'), 2)

    expect(of('job.started').headers).not.toHaveProperty('x-webhook-signature')
  })

  it('is old, and signed all the same', async () => {
    const { of } = await play(oddWebhook('stale'), 2)
    const old = of('job.started')

    expect(old.headers['x-webhook-signature']).toBe(signatureOf(old))
    expect(Date.now() - Date.parse(String(old.headers['x-webhook-timestamp']))).toBeGreaterThan(3_000_000)
  })

  it.each([
    ['malformed', (body: Buffer) => expect(() => JSON.parse(body.toString())).toThrow(SyntaxError)],
    ['oversized', (body: Buffer) => expect(body.byteLength).toBeGreaterThan(2_000_000)],
  ] as const)('is %s, and signed all the same', async (flaw, holds) => {
    const { of } = await play(oddWebhook(flaw), 2)
    const odd = of('job.started')

    holds(odd.body)
    expect(odd.headers['x-webhook-signature']).toBe(signatureOf(odd))
  })

  it('is scripted, and its secret changed, over HTTP as well', async () => {
    const { sandbox, vendor } = await start()
    const remote = connectSandbox(sandbox.url)
    const hook = await receive()
    await remote.setWebhookSecret(SECRET)
    await remote.addFaults([oddWebhook('lost', { input: 'clip.mp4' })])
    await vendor.start(await vendor.draft(clip, { webhook_url: hook.url }))
    await vi.waitFor(() => expect(hook.events()).toEqual(['job.completed']), 50_000)

    const [completed] = hook.received as [ReceivedCall]
    expect(completed.headers['x-webhook-signature']).toBe(signatureOf(completed))
    await expect(remote.setWebhookSecret('')).rejects.toThrow('400')
  })
})
