import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EventSource } from 'undici'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RemovalDocument } from '../../../domain/removal-document.ts'
import { answerOf, jsonRequest } from '../../gateway/support/gateway-environment.ts'
import { createUpload, sendPiece, standingOf, tusHeaders, uploadIdOf } from '../../support/upload-client.ts'
import { differencesIn } from '../crash-matrix/accounts.ts'
import { endingOf, newCase, UNHARMED } from '../crash-matrix/case.ts'
import { RUNNING } from '../crash-matrix/stations.ts'
import { clipNamed } from '../plant/clip.ts'
import type { GatewayProcess } from '../plant/gateway-process.ts'
import { startGatewayProcess } from '../plant/gateway-process.ts'
import type { Mortal } from '../plant/mortal.ts'
import type { Plant } from '../plant/plant.ts'
import { startPlant } from '../plant/plant.ts'
import type { TemporalProcess } from '../plant/temporal-process.ts'
import { startTemporalProcess } from '../plant/temporal-process.ts'
import { until } from '../plant/until.ts'

/** More than any socket buffers, so that a beginning of it has really arrived. */
const BULK_BYTES = 6_000_000
const BEGINNING_BYTES = 4_000_000

let folder: string
let temporal: TemporalProcess
let plant: Plant
let worker: Mortal
let first: GatewayProcess
let second: GatewayProcess

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'matteflow-gateway-killed-'))
  temporal = await startTemporalProcess(folder)
  plant = await startPlant({ temporal, folder })
  ;[worker, first, second] = await Promise.all([
    plant.startWorker(),
    startGatewayProcess(plant),
    startGatewayProcess(plant),
  ])
})
afterAll(async () => {
  await Promise.all([first?.kill(), second?.kill()])
  await plant?.close()
  await temporal?.stop()
  await rm(folder, { recursive: true, force: true })
})

beforeEach(async () => {
  if (!first.isAlive()) await first.revive()
  if (!worker.isAlive()) worker = await plant.startWorker()
  if (!temporal.isAlive()) await temporal.revive()
})

/** A video that a vendor takes, made bulky by a box that players skip. */
async function bulkyClip(name: string): Promise<Buffer> {
  const box = Buffer.alloc(BULK_BYTES)
  box.writeUInt32BE(BULK_BYTES)
  box.write('free', 4)
  return Buffer.concat([await readFile(await clipNamed(name, plant.folder)), box])
}

/** Brings the beginning of an upload to the storage, over a connection that stays open. Resolves with its path. */
async function inMidUpload(
  gateway: GatewayProcess,
  bytes: Buffer,
  name: string,
): Promise<{ path: string; broken: Promise<void> }> {
  const path = await createUpload(gateway, bytes, { fileName: name })
  const broken = sendBeginning(gateway.url, path, bytes.subarray(0, BEGINNING_BYTES), bytes.byteLength)
  const file = join(plant.storage, 'uploads', uploadIdOf(path))
  await until(async () => (await stat(file)).size >= BEGINNING_BYTES / 2)
  return { path, broken }
}

it('an upload whose gateway is killed in its middle goes on at another one, and is bought once', async () => {
  const one = newCase()
  const bytes = await bulkyClip(one.input)
  const { path, broken } = await inMidUpload(first, bytes, one.input)

  await first.kill()
  await broken
  const { offset } = await standingOf(second, path)
  expect(offset).toBeGreaterThanOrEqual(BEGINNING_BYTES / 2)
  expect(await sendRest(second, path, bytes, offset)).toBe(204)
  const { status, body } = await removalOf(second.url, path, one.id)

  expect([status, body.input?.sha256]).toEqual([202, sha256Of(bytes)])
  expect(await endingOf(plant, one)).toEqual(UNHARMED)
})

/** What may die, and how it comes back. */
const VICTIMS = {
  'the gateway': { kill: () => first.kill(), revive: () => first.revive() },
  'the worker': {
    kill: () => worker.kill(),
    async revive() {
      worker = await plant.startWorker()
    },
  },
  'the Temporal server': { kill: () => temporal.kill(), revive: () => temporal.revive() },
} as const

describe.each(Object.keys(VICTIMS) as (keyof typeof VICTIMS)[])(
  'while %s is killed during an upload, and again during the wait',
  (victim) => {
    it('a person loses nothing of what was shown, and gets what was bought once', async () => {
      const { kill, revive } = VICTIMS[victim]
      const one = newCase()
      const bytes = await bulkyClip(one.input)
      plant.sandbox.addFaults([{ ...RUNNING, input: one.input }])

      const { path, broken } = await inMidUpload(first, bytes, one.input)
      await kill()
      if (victim === 'the gateway') await revive()
      // What was sent before is there, whoever died; an upload needs no worker and no Temporal.
      const { offset } = await standingOf(first, path)
      await broken
      expect(offset).toBeGreaterThanOrEqual(BEGINNING_BYTES / 2)
      expect(await sendRest(first, path, bytes, offset)).toBe(204)
      const asked = await removalOf(first.url, path, one.id)
      // The same request once more is the same removal.
      expect(asked.status).toBe(victim === 'the Temporal server' ? 503 : 202)
      if (victim !== 'the gateway') await revive()
      expect((await removalOf(first.url, path, one.id)).status).toBe(202)

      const page = follow(one.id)
      await until(() => page.last()?.progress === 40)
      const shown = page.last()
      await kill()
      if (victim === 'the worker') expect(await documentOf(one.id)).toMatchObject({ state: 'processing' })
      await revive()
      const { vendorJobs, state } = await documentOf(one.id)
      expect([state, vendorJobs?.map(({ id }) => id)]).toEqual([
        'processing',
        shown?.vendorJobs?.map(({ id }) => id),
      ])
      plant.sandbox.clearFaults(one.input)
      await until(() => page.last()?.state === 'succeeded')
      page.close()

      const { output } = await documentOf(one.id)
      const bought = Buffer.from(
        await (await fetch(`${first.url}/v1/removals/${one.id}/output`)).arrayBuffer(),
      )
      expect(sha256Of(bought)).toBe(output?.sha256)
      expect(await endingOf(plant, one)).toEqual(UNHARMED)
    })
  },
)

it('all of which leaves a ledger that agrees with the bill', async () => {
  expect(await differencesIn(plant)).toEqual([])
})

/** Sends the first bytes of a piece that goes on, and leaves the connection open until the other side ends it. */
function sendBeginning(url: string, path: string, beginning: Buffer, size: number): Promise<void> {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/offset+octet-stream', 'content-length': size }
    const sending = request(`${url}${path}`, {
      method: 'PATCH',
      headers: { ...tusHeaders({ url }), ...headers, 'upload-offset': '0' },
    })
    sending.on('error', () => {}).on('close', resolve)
    sending.write(beginning)
  })
}

async function sendRest(
  gateway: GatewayProcess,
  path: string,
  bytes: Buffer,
  offset: number,
): Promise<number> {
  return (await sendPiece(gateway, path, { offset, body: bytes.subarray(offset) })).status
}

/** Makes an upload a removal. */
function removalOf(url: string, path: string, id: string) {
  const body = { source: { upload: uploadIdOf(path) }, id, project: id }
  return fetch(`${url}/v1/removals`, jsonRequest('POST', body)).then(answerOf)
}

async function documentOf(id: string): Promise<RemovalDocument> {
  const { status, body } = await answerOf(await fetch(`${first.url}/v1/removals/${id}`))
  expect(status).toBe(200)
  return body as unknown as RemovalDocument
}

/** Follows a removal's events as a page does, through every break of the connection. */
function follow(id: string): { last(): RemovalDocument | undefined; close(): void } {
  let last: RemovalDocument | undefined
  let source: EventSource | undefined
  const open = (): void => {
    source = new EventSource(`${first.url}/v1/events?id=${id}`)
    source.addEventListener('removal', (event) => {
      last = JSON.parse((event as MessageEvent).data as string) as RemovalDocument
    })
    source.addEventListener('error', () => {
      // After an answer that is no stream, a client comes back by itself.
      if (source?.readyState === EventSource.CLOSED) open()
    })
  }
  open()
  return { last: () => last, close: () => source?.close() }
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
