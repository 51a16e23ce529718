import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openDatabase } from '../../adapters/ledger/open-database.ts'
import { uploadLockRecords } from '../../adapters/ledger/upload-locks.ts'
import { createStorage } from '../../adapters/storage/create-storage.ts'
import { createUploadStore } from '../../gateway/uploads/upload-store.ts'
import { serveDatabase } from '../../testing/serve-database.ts'
import { inFull } from '../support/in-full.ts'
import {
  announcementOf,
  askForUpload,
  createUpload,
  sendPiece,
  standingOf,
  tusHeaders,
  uploadIdOf,
} from '../support/upload-client.ts'
import type { GatewayEnvironment, RunningGateway } from './support/gateway-environment.ts'
import { answerOf, jsonRequest, startGatewayEnvironment } from './support/gateway-environment.ts'
import { startS3 } from './support/start-s3.ts'

/** More than one part of S3, so that an upload is many at once there. */
const MANY_PARTS_BYTES = 20 * 1024 * 1024

describe.each(['S3', ...inFull('a folder')])('an upload in pieces, over %s', (kind) => {
  let env: GatewayEnvironment
  let first: RunningGateway
  let second: RunningGateway
  let closeS3: () => Promise<void> = async () => {}

  beforeAll(async () => {
    const variables: Record<string, string> = { GATEWAY_TOKENS: 'acme:a-token,shop:s-token' }
    if (kind === 'S3') {
      const { storageUrl, close } = await startS3()
      variables['STORAGE_URL'] = storageUrl
      closeS3 = close
    }
    env = await startGatewayEnvironment({ variables })
    first = await env.startGateway()
    second = await env.startGateway()
  }, 120_000)
  afterAll(async () => {
    await env?.close()
    await closeS3()
  }, 60_000)

  const as = ({ url }: RunningGateway, token = 'a-token') => ({ url, token })
  const create = (bytes: Uint8Array, { sha256 }: { sha256?: string } = {}) =>
    createUpload(as(first), bytes, { fileName: 'ünter wegs.mp4', ...(sha256 !== undefined && { sha256 }) })
  const append = (at: RunningGateway, path: string, offset: number, body: Uint8Array, token?: string) =>
    sendPiece(as(at, token), path, { offset, body })
  const offsetAt = async (at: RunningGateway, path: string) => {
    const { status, offset } = await standingOf(as(at), path)
    return [status, offset]
  }
  const remove = (upload: string, token = 'a-token') =>
    fetch(
      `${first.url}/v1/removals`,
      jsonRequest('POST', { source: { upload } }, { authorization: `Bearer ${token}`, prefer: 'wait=40' }),
    )

  it('goes on at another replica, and becomes a removal once it is whole', async () => {
    const path = await create(env.clipBytes)
    const half = Math.floor(env.clipBytes.byteLength / 2)

    expect((await append(first, path, 0, env.clipBytes.subarray(0, half))).status).toBe(204)
    const early = await answerOf(await remove(uploadIdOf(path)))
    expect(early).toMatchObject({ status: 409, body: { type: 'urn:matteflow:problem:upload-incomplete' } })
    expect(await offsetAt(second, path)).toEqual([200, half])
    expect((await append(second, path, half, env.clipBytes.subarray(half))).status).toBe(204)

    const { status, body } = await answerOf(await remove(uploadIdOf(path)))
    expect(status).toBe(202)
    expect(body).toMatchObject({
      state: 'succeeded',
      input: { source: 'ünter wegs.mp4', sha256: hashOf(env.clipBytes) },
    })
    const quoted = await fetch(
      `${second.url}/v1/quotes`,
      jsonRequest('POST', { source: { upload: uploadIdOf(path) } }, { authorization: 'Bearer a-token' }),
    )
    expect(await quoted.json()).toMatchObject({ durationSeconds: 1 })
  })

  it('goes on after its connection broke in the middle', async () => {
    const bytes = randomBytes(MANY_PARTS_BYTES)
    const path = await create(bytes)
    const cut = new AbortController()
    const body = new ReadableStream({
      start: (stream) => stream.enqueue(bytes.subarray(0, 9 * 1024 * 1024)),
    })
    const broken = sendPiece(as(first), path, { offset: 0, body, signal: cut.signal }).catch(() => 'cut')
    await new Promise((resolve) => setTimeout(resolve, 300))
    cut.abort()
    expect(await broken).toBe('cut')

    let offset = 0
    await vi.waitFor(async () => {
      const [status = 0, at = 0] = await offsetAt(second, path)
      expect(status).toBe(200)
      offset = at
    }, 20_000)
    expect((await append(second, path, offset, bytes.subarray(offset))).status).toBe(204)
    const state = await fetch(`${first.url}${path}`, { headers: tusHeaders(as(first)) })
    expect(await state.json()).toMatchObject({
      state: 'complete',
      bytes: bytes.byteLength,
      size: bytes.byteLength,
    })
    // It is no video, which is found before anything is bought.
    expect((await remove(uploadIdOf(path))).status).toBe(422)
  })

  it('with other bytes than were declared is refused, and leaves nothing', async () => {
    const path = await create(env.clipBytes, { sha256: 'ab'.repeat(32) })

    const { status } = await append(first, path, 0, env.clipBytes)

    expect(status).toBe(460)
    expect((await offsetAt(first, path))[0]).toBe(404)
    expect((await remove(uploadIdOf(path))).status).toBe(404)
    expect(await keysOf(env.storageUrl, uploadIdOf(path))).toEqual([])
  })

  it("is another project's to no one", async () => {
    const path = await create(env.clipBytes)
    await append(first, path, 0, env.clipBytes)

    expect((await append(first, path, 0, env.clipBytes, 's-token')).status).toBe(404)
    expect((await remove(uploadIdOf(path), 's-token')).status).toBe(404)
    const removeAs = async (token: string) => {
      const request = { method: 'DELETE', headers: tusHeaders(as(first, token)) }
      return (await fetch(`${first.url}${path}`, request)).status
    }
    expect(await removeAs('s-token')).toBe(404)
    expect(await removeAs('a-token')).toBe(204)
  })

  it('is refused without its hash, without a length, and beyond the largest video', async () => {
    const ask = async (announcement: Record<string, string>) =>
      (await askForUpload(as(first), announcement)).status
    const { 'upload-metadata': metadata = '' } = announcementOf(env.clipBytes)
    const named = { 'upload-metadata': metadata }

    expect(await ask({ 'upload-length': '5', 'upload-metadata': metadata.split(',')[0] ?? '' })).toBe(400)
    expect(await ask({ 'upload-length': '0', ...named })).toBe(400)
    expect(await ask({ ...named })).toBe(400)
    expect(await ask({ 'upload-defer-length': '1', ...named })).toBe(400)
    expect(await ask({ 'upload-length': '5', 'upload-concat': 'partial', ...named })).toBe(400)
    expect(await ask({ 'upload-length': '500000001', ...named })).toBe(413)
    expect(await ask({ 'upload-length': '-5', ...named })).toBe(400)
  })

  it('offers what it can do: no length is left for later, and a name may be', async () => {
    const { headers } = await fetch(`${first.url}/v1/uploads`, {
      ...{ method: 'OPTIONS', headers: tusHeaders(as(first)) },
    })
    const offered = (headers.get('tus-extension') ?? '').split(',')
    const hash = (announcementOf(env.clipBytes)['upload-metadata'] ?? '').split(',')[1] ?? ''
    const announced = await askForUpload(as(first), { 'upload-length': '5', 'upload-metadata': hash })
    const told = await fetch(`${first.url}${announced.headers.get('location')}`, {
      headers: tusHeaders(as(first)),
    })

    expect(offered).toEqual(expect.arrayContaining(['creation', 'termination', 'expiration']))
    expect(offered).not.toContain('creation-defer-length')
    expect(announced.status).toBe(201)
    expect(await told.json()).toMatchObject({ fileName: 'input', size: 5 })
  })

  it('whose time is over is told so, and swept with all its parts', async () => {
    const ended = `up_${Math.floor(Date.now() / 1_000 - 60).toString(36)}_${'0'.repeat(32)}`
    const { store, nameOf } = await createUploadStore(env.storageUrl, { http: null, https: null, except: [] })
    const bytes = randomBytes(MANY_PARTS_BYTES)
    const metadata = { filename: 'a.mp4', sha256: hashOf(bytes), project: 'acme' }
    const upload = { id: nameOf(ended), size: bytes.byteLength, offset: 0, metadata } as never
    await store.create(upload)
    await store.write(Readable.from([bytes.subarray(0, 12_000_000)]), nameOf(ended), 0)
    expect(await keysOf(env.storageUrl, ended)).not.toEqual([])

    expect((await offsetAt(first, `/v1/uploads/${ended}`))[0]).toBe(410)
    const gone = await answerOf(await remove(ended))
    expect(gone).toMatchObject({ status: 410, body: { type: 'urn:matteflow:problem:upload-timed-out' } })
    // A gateway sweeps when it starts.
    await env.startGateway()
    await vi.waitFor(async () => expect(await keysOf(env.storageUrl, ended)).toEqual([]), 20_000)
    expect(await createStorage(env.storageUrl).sweep(new Date(Date.now() + 60_000))).toBe(0)
  })
})

describe('the lock of an upload', () => {
  it('is one holder at a time, is asked for, and is free once its holder is gone', async () => {
    const ledger = await serveDatabase()
    const { database, close } = await openDatabase(ledger.url)
    const locks = uploadLockRecords(database)

    expect(await locks.take('up', 'one')).toBe(true)
    expect(await locks.renew('up', 'one')).toBe('held')
    expect(await locks.take('up', 'two')).toBe(false)
    expect(await locks.renew('up', 'one')).toBe('wanted')
    await database.execute("update upload_locks set expires_at = now() - interval '1 second'")
    expect(await locks.take('up', 'two')).toBe(true)
    expect(await locks.renew('up', 'one')).toBe('lost')
    await locks.release('up', 'one')
    expect(await locks.take('up', 'three')).toBe(false)
    await locks.release('up', 'two')
    expect(await locks.take('up', 'three')).toBe(true)

    await close()
    await ledger.close()
  }, 120_000)
})

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

async function keysOf(storageUrl: string, id: string): Promise<string[]> {
  const found: string[] = []
  for await (const key of createStorage(storageUrl).list('uploads')) if (key.includes(id)) found.push(key)
  return found
}
