import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Client } from '@temporalio/client'
import type { DataConverter, Payload } from '@temporalio/common'
import type { WorkerOptions } from '@temporalio/worker'
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keyIdOf } from '../../../adapters/encryption/payload-codec.ts'
import { payloadsIn } from '../../../adapters/encryption/payloads-in.ts'
import { createPayloadCodec, createRemovals } from '../../../client/index.ts'
import { newRemovalId } from '../../../domain/removal-id.ts'
import type { RemovalEnvironment } from '../../../testing/removal-environment.ts'
import { startRemovalEnvironment } from '../../../testing/removal-environment.ts'
import { startTemporalServer } from '../../../testing/temporal-server.ts'
import { matteflow } from '../../../worker/plugin/index.ts'
import { allOf } from '../../client/support/all-of.ts'
import { clip } from '../../support/clips.ts'
import type { order } from './support/order-workflow.ts'
import { shiftingCodec } from './support/shifting-codec.ts'

const PAYLOAD_KEYS = `first:${randomBytes(32).toString('base64')}`
const WORKFLOWS = fileURLToPath(new URL('support/order-workflow.ts', import.meta.url))

let environment: RemovalEnvironment
let code: string

beforeAll(async () => {
  ;({ code } = await bundleWorkflowCode({ workflowsPath: WORKFLOWS }))
  const temporal = await startTemporalServer('dev')
  environment = await startRemovalEnvironment({
    temporal,
    withoutWorkers: true,
    sandbox: { modes: { instant: true } },
  })
}, 90_000)
afterAll(async () => {
  await environment?.close()
  await environment?.temporal.teardown()
}, 60_000)

async function ordersWorker(options: Partial<WorkerOptions> = {}): Promise<Worker> {
  return Worker.create({
    connection: environment.temporal.nativeConnection,
    taskQueue: 'orders',
    ...(options.workflowsPath === undefined && { workflowBundle: { code } }),
    plugins: [matteflow({ settings: environment.settings })],
    ...options,
  })
}

async function storedClip(): Promise<string> {
  const key = `orders/${newRemovalId()}/clip.mp4`
  await environment.dependencies.storage.write(key, createReadStream(await clip('green')))
  return key
}

async function anOrder(taskQueue = 'orders', { workflow }: Client = environment.temporal.client) {
  const id = newRemovalId()
  const key = await storedClip()
  const handle = await workflow.start<typeof order>('order', {
    workflowId: `order/${id}`,
    taskQueue,
    args: [id, key],
  })
  return { id, key, handle }
}

describe('a worker of somebody else that has the plugin', () => {
  it('runs its own workflow, whose child is a removal that is bought once', async () => {
    const bought = environment.sandbox.report().jobsBought
    const worker = await ordersWorker({ maxCachedWorkflows: 0, workflowsPath: WORKFLOWS })

    const said = await worker.runUntil(async () => {
      const { handle } = await anOrder()
      return handle.result()
    })

    expect(said).toMatch(/^rm_\w+: succeeded, 3$/)
    expect(environment.sandbox.report().jobsBought).toBe(bought + 1)
  })

  it('serves removals once, however many such workers the process has, and goes on when the first ends', async () => {
    const other = await NativeConnection.connect({ address: environment.temporal.address })
    const first = await ordersWorker({ connection: other })
    const second = await ordersWorker({ taskQueue: 'returns' })
    const running = first.run()

    await second.runUntil(async () => {
      const before = await anOrder()
      await before.handle.result()
      expect(await serversNow()).toBe(1)
      first.shutdown()
      await running
      await other.close()
      const after = await anOrder('returns')
      await after.handle.result()
      expect(await serversNow()).toBe(1)
    })

    expect(await serversNow()).toBe(0)
  })

  it('refuses other settings in the same process, and serves those of the first', async () => {
    const first = await ordersWorker()
    const others = await ordersWorker({
      taskQueue: 'returns',
      plugins: [matteflow({ settings: { ...environment.settings, MATTEFLOW_KEEP: '1d' } })],
    })
    await first.runUntil(async () => {
      await expect(others.run()).rejects.toThrow(/used twice in one process .*: MATTEFLOW_KEEP$/)
    })
  })

  it('ends with the failure of what it serves', async () => {
    const gone = { ...environment.settings, DATABASE_URL: 'postgres://postgres@127.0.0.1:1/postgres' }
    const worker = await ordersWorker({ plugins: [matteflow({ settings: gone })] })

    await expect(worker.run()).rejects.toMatchObject({ kind: 'PlatformUnavailable' })
    expect(worker.getState()).toBe('STOPPED')
  })

  it.each([
    [{ taskQueue: 'matteflow-status' }, {}, /matteflow's own/],
    [{}, { MATTEFLOW_KEPT: '1d' }, /MATTEFLOW_KEPT is no setting/],
    [{}, { MATTEFLOW_KEEP: 'long' }, /MATTEFLOW_KEEP: expected a duration/],
    [{}, { DATABASE_URL: '' }, /DATABASE_URL: expected postgres/],
    [{ dataConverter: {} }, { MATTEFLOW_PAYLOAD_KEYS: PAYLOAD_KEYS }, /a data converter of its own/],
  ])('is refused before there is a worker: %j %j', async (options, wrong, message) => {
    const settings: Record<string, string> = { ...environment.settings, ...wrong }
    const plugins = [matteflow({ settings })]

    await expect(ordersWorker({ ...options, plugins })).rejects.toThrow(message)
  })

  it('encrypts what a parent gives to a removal and what it gets, where keys are set', async () => {
    const settings = { ...environment.settings, MATTEFLOW_PAYLOAD_KEYS: PAYLOAD_KEYS }
    const worker = await ordersWorker({ plugins: [matteflow({ settings })], workflowsPath: WORKFLOWS })
    const { connection } = environment.temporal.client
    const client = new Client({
      connection,
      dataConverter: { payloadCodecs: [createPayloadCodec(PAYLOAD_KEYS)] },
    })

    await worker.runUntil(async () => {
      const { id, handle } = await anOrder('orders', client)
      expect(await handle.result()).toMatch(/: succeeded, 3$/)
      for (const workflowId of [handle.workflowId, `removal/${id}`]) {
        const history = await client.workflow.getHandle(workflowId).fetchHistory()
        expect(new Set([...payloadsIn(history)].map(({ payload }) => keyIdOf(payload)))).toEqual(
          new Set(['first']),
        )
      }
    })
  })

  it('reads and writes payloads as that worker does, by its codec and by its converter', async () => {
    const dataConverter: DataConverter = {
      payloadCodecs: [shiftingCodec],
      payloadConverterPath: fileURLToPath(new URL('support/marking-converter.ts', import.meta.url)),
    }
    const worker = await ordersWorker({ dataConverter, workflowsPath: WORKFLOWS })
    const { connection } = environment.temporal
    const client = new Client({ connection, dataConverter })

    const { id, said } = await worker.runUntil(async () => {
      const { id, handle } = await anOrder('orders', client)
      return { id, said: await handle.result() }
    })

    expect(said).toBe(`${id}: succeeded, 3`)
    const removals = createRemovals({ client, storage: environment.dependencies.storage })
    expect(await removals.status(id)).toMatchObject({ id, state: 'succeeded', reference: id })
    const history = await client.workflow.getHandle(`removal/${id}`).fetchHistory()
    const written = [...payloadsIn(history)].map(({ payload }) => payload)
    expect(textOf(await shiftingCodec.decode(written))).toContain('clip.mp4')
    expect(textOf(written)).not.toContain('clip.mp4')
    const encodings = written.map(({ metadata }) => Buffer.from(metadata?.['encoding'] ?? '').toString())
    expect(new Set(encodings)).toEqual(new Set(['binary/shifted']))
  })
})

describe('a removal that a parent workflow has started', () => {
  it('is found, shown, parked and resumed as every other, while its parent waits', async () => {
    environment.sandbox.setCredits(0)
    const worker = await ordersWorker()
    const { client } = environment.temporal
    const removals = createRemovals({ client, storage: environment.dependencies.storage })

    await worker.runUntil(async () => {
      const { id, handle, key } = await anOrder()
      const stateOf = () =>
        removals.status(id).then(
          ({ state }) => state,
          () => null,
        )
      await expect.poll(stateOf, { timeout: 30_000 }).toBe('parked')
      const parked = await removals.status(id)
      expect(parked).toMatchObject({
        id,
        state: 'parked',
        project: 'shop',
        reference: id,
        input: { source: 'clip.mp4' },
        requested: { model: 'original', outputFormat: 'webm' },
        failure: { kind: 'InsufficientCredits' },
      })
      const request = { source: { stored: key }, project: 'shop', reference: id }
      const asked = await removals.start(request)
      expect(asked).toMatchObject({ id, joined: true })
      await expect(removals.start({ ...request, id, model: 'light' })).rejects.toThrow(/in use/)
      expect(await allOf(removals.list({ state: 'parked', project: 'shop' }))).toEqual([
        expect.objectContaining({ id }),
      ])
      environment.sandbox.setCredits(null)
      await removals.resume(id)
      expect(await handle.result()).toBe(`${id}: succeeded, 3`)
      expect(await removals.status(id)).toMatchObject({
        state: 'succeeded',
        requested: { model: 'original' },
      })
    })
  })
})

/** Workers that serve removals at the moment, by the ledger. */
async function serversNow(): Promise<number> {
  return (await environment.dependencies.ledger.workers.seen('default')).length
}

/** What somebody reads who has payloads and no codec. */
function textOf(payloads: readonly Payload[]): string {
  return payloads.map(({ data }) => Buffer.from(data ?? '').toString('latin1')).join('\n')
}
