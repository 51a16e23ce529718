import { once } from 'node:events'
import { request } from 'node:http'
import type { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { createRemovalWatchers } from '../../gateway/events/removal-watchers.ts'
import { delay } from '../../sandbox/faults/builders.ts'
import type { GatewayEnvironment, RunningGateway } from './support/gateway-environment.ts'
import { answerOf, removalForm, startGatewayEnvironment } from './support/gateway-environment.ts'

let env: GatewayEnvironment
let gateway: RunningGateway

beforeAll(async () => {
  env = await startGatewayEnvironment({ sandbox: { speed: 4 } })
  gateway = await env.startGateway()
}, 120_000)
afterAll(() => env?.close(), 60_000)

interface SeenEvent {
  id: string
  data: Partial<RemovalDocument> & { expectedEndAt: string | null }
}

async function start(reference: string): Promise<string> {
  const body = removalForm(env.clipBytes, { reference })
  return (await answerOf(await fetch(`${gateway.url}/v1/removals`, { method: 'POST', body }))).body.id ?? ''
}

const open = (path: string, headers: Record<string, string> = {}, at: RunningGateway = gateway) =>
  fetch(`${at.url}${path}`, { headers })

/** The events of a stream until it ends. */
async function eventsOf(response: Response): Promise<{ retryMs: number; events: SeenEvent[] }> {
  const blocks = (await response.text()).split('\n\n')
  const fieldOf = (block: string, name: string) =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2)
  return {
    retryMs: Number(fieldOf(blocks[0] ?? '', 'retry')),
    events: blocks
      .filter((block) => block.includes('\ndata: '))
      .map((block) => ({
        id: fieldOf(block, 'id') ?? '',
        data: JSON.parse(fieldOf(block, 'data') ?? '{}') as SeenEvent['data'],
      })),
  }
}

describe('the events of a removal', () => {
  it('are its states until its end, with a pause of its own before a client comes back', async () => {
    const id = await start('watched')

    const response = await open(`/v1/removals/${id}/events`)
    const { retryMs, events } = await eventsOf(response)

    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
    expect(response.headers.get('x-accel-buffering')).toBe('no')
    expect(retryMs).toBeGreaterThanOrEqual(1_000)
    expect(events.at(-1)?.data).toMatchObject({ id, state: 'succeeded' })
    expect(events.length).toBeGreaterThan(1)
    expect(new Set(events.map((event) => event.id)).size).toBe(events.length)
  })

  it('answer any earlier id by one snapshot and the last one by nothing more, at another replica as well', async () => {
    const id = await start('resumed')
    const { events } = await eventsOf(await open(`/v1/removals/${id}/events`))
    const last = events.at(-1)?.id ?? ''
    const other = await env.startGateway()
    const again = (lastId: string) => open(`/v1/removals/${id}/events`, { 'last-event-id': lastId }, other)

    expect((await again(last)).status).toBe(204)
    const missed = await eventsOf(await again(events[0]?.id ?? ''))
    expect(missed.events.map((event) => event.id)).toEqual([last])
    expect((await eventsOf(await again('of another age'))).events).toHaveLength(1)
  })

  it('tell how many bytes of an upload the vendor has got', async () => {
    env.sandbox.addFaults([delay('upload', 4_000, { when: 'after' })])
    const id = await start('uploaded')

    const { events } = await eventsOf(await open(`/v1/removals/${id}/events`))

    const totalBytes = env.clipBytes.length
    expect(events.map(({ data }) => data.transfer)).toContainEqual({ bytes: totalBytes, totalBytes })
    expect(events.at(-1)?.data.transfer).toBeNull()
  })

  it('of several removals come in one stream', async () => {
    const ids = await Promise.all(['one', 'two'].map(start))

    const { events } = await eventsOf(await open(`/v1/events?id=${ids.join('&id=')}`))

    for (const id of ids)
      expect(events.filter(({ data }) => data.id === id).at(-1)?.data.state).toBe('succeeded')
    expect((await open('/v1/events')).status).toBe(422)
    expect((await open(`/v1/events?id=${ids[0]}&id=nobody`)).status).toBe(404)
  })

  it('end when the gateway drains, whose health says so first', async () => {
    const id = await start('drained')
    const draining = await env.startGateway()
    const response = await open(`/v1/removals/${id}/events`, {}, draining)
    const waiting = await begun(`${draining.url}/v1/removals/${id}`, { prefer: 'wait=50' })
    expect((await open('/healthz', {}, draining)).status).toBe(200)
    const began = Date.now()

    await draining.close()

    expect((await eventsOf(response)).events.at(-1)?.data).toMatchObject({ id })
    expect(await waiting.status).toBe(200)
    expect(Date.now() - began).toBeLessThan(15_000)
  })
})

/** A request that has been sent, so that a gateway which closes has it already. */
async function begun(url: string, headers: Record<string, string>): Promise<{ status: Promise<number> }> {
  const { promise: status, resolve, reject } = Promise.withResolvers<number>()
  const sent = request(url, { headers }, (response) => {
    response.resume()
    resolve(response.statusCode ?? 0)
  })
  sent.on('error', reject)
  sent.end()
  const [socket] = (await once(sent, 'socket')) as [Socket]
  if (socket.connecting) await once(socket, 'connect')
  return { status }
}

describe('a thousand who watch one removal', () => {
  it('cost one look a second, and hear the same', async () => {
    const watch = vi.fn((_id: string) => ({
      async *[Symbol.asyncIterator]() {
        yield { id: 'rm_1', state: 'processing' } as RemovalDocument
        yield { id: 'rm_1', state: 'succeeded' } as RemovalDocument
      },
    }))
    const gauge = { inc: vi.fn(), dec: vi.fn() }
    const log = { warn: vi.fn() }
    const watchers = createRemovalWatchers({ removals: { watch }, log } as never, { watched: gauge } as never)
    const heard = Array.from({ length: 1_000 }, () => [] as string[])

    const stops = heard.map((states) => watchers.watch('rm_1', ({ state }) => void states.push(state)))
    await vi.waitFor(() => expect(heard.every((states) => states.includes('succeeded'))).toBe(true))

    expect(watch).toHaveBeenCalledTimes(1)
    for (const stop of stops) stop()
    expect([gauge.inc.mock.calls.length, gauge.dec.mock.calls.length]).toEqual([1, 1])
  })
})
