import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeDemoClip } from '../../adapters/media/picture/demo-clip.ts'
import type { Removals } from '../../client/index.ts'
import { createRemovals, documentOf } from '../../client/index.ts'
import { newRemovalId } from '../../domain/removal-id.ts'
import type { RemovalEnvironment } from '../../testing/removal-environment.ts'
import { startRemovalEnvironment } from '../../testing/removal-environment.ts'
import { startTemporalServer } from '../../testing/temporal-server.ts'
import { allOf } from './support/all-of.ts'
import { rejectionOf } from './support/client-environment.ts'

let environment: RemovalEnvironment
let removals: Removals
let folder: string
let source: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'matteflow-real-'))
  source = join(folder, 'walk.mp4')
  const temporal = await startTemporalServer('dev')
  ;[environment] = await Promise.all([
    startRemovalEnvironment({ temporal, sandbox: { modes: { instant: true } } }),
    makeDemoClip(source, 'green', 1, { width: 160, height: 120 }),
  ])
  removals = createRemovals({
    client: temporal.client,
    storage: environment.dependencies.storage,
    vendorBaseUrl: environment.sandbox.url,
  })
}, 90_000)
afterAll(async () => {
  await environment?.close()
  await environment?.temporal.teardown()
  await rm(folder, { recursive: true, force: true })
}, 60_000)

it('buys one job for a request that is repeated under its id, and gives the same document', async () => {
  const request = { source, id: newRemovalId() }

  const document = await removals.remove(request)

  expect(document).toMatchObject({ id: request.id, state: 'succeeded', input: { source: 'walk.mp4' } })
  expect(document.output).not.toBeNull()
  expect(await removals.remove(request)).toEqual(document)
  expect(await removals.status(request.id)).toEqual(document)
  expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1 })
}, 60_000)

it('takes bytes, a blob, a stream, and the URL of a file, each as the same removal', async () => {
  const bytes = await readFile(source)
  const request = { id: newRemovalId(), project: 'bytes' }
  const bought = environment.sandbox.report().jobsBought

  const first = await removals.remove({ ...request, source: bytes }, { fileName: 'walk.mp4' })

  expect(first).toMatchObject({ state: 'succeeded', input: { source: 'walk.mp4', bytes: bytes.byteLength } })
  const others = [
    new Blob([bytes]),
    createReadStream(source),
    new Blob([bytes]).stream(),
    pathToFileURL(source),
  ]
  for (const other of others)
    expect(await removals.start({ ...request, source: other })).toMatchObject({ joined: true })
  expect(environment.sandbox.report().jobsBought).toBe(bought + 1)
  const { storage } = environment.dependencies
  expect(await allOf(storage.list(`inputs/${request.id}`))).toEqual([])
}, 60_000)

it('leaves nothing behind of bytes that no removal takes', async () => {
  const id = newRemovalId()

  const failure = await rejectionOf(removals.start({ id, source: Buffer.from('no video') }))

  expect(failure).toMatchObject({ kind: 'InvalidInput' })
  expect(await allOf(environment.dependencies.storage.list(`inputs/${id}`))).toEqual([])
})

it('calls a stream that breaks off the input’s fault, and keeps nothing of it', async () => {
  const id = newRemovalId()
  const broken = Readable.from(
    (async function* () {
      yield Buffer.from('the beginning')
      throw new Error('the camera is gone')
    })(),
  )

  const failure = await rejectionOf(removals.start({ id, source: broken }))

  expect(failure).toMatchObject({
    kind: 'InvalidInput',
    message: expect.stringContaining('the camera is gone'),
  })
  expect(await allOf(environment.dependencies.storage.list(`inputs/${id}`))).toEqual([])
})

it('streams an output, saves it, and has no URL for one in a folder', async () => {
  const { id, output } = await removals.remove({ source, project: 'outputs' })
  const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

  expect(sha256(await buffer(await removals.open(id)))).toBe(output?.sha256)
  expect(await buffer(await removals.open(id, { start: 0, endExclusive: 4 }))).toHaveLength(4)
  const saved = await removals.download(id, join(folder, 'saved.webm'))
  expect(sha256(await readFile(saved))).toBe(output?.sha256)
  expect(await removals.signedUrl(id)).toBeNull()
  await removals.delete(id)
  expect(await rejectionOf(removals.open(id))).toMatchObject({ kind: 'NotFound' })
  expect(await rejectionOf(removals.download('rm_nobody', saved))).toMatchObject({ kind: 'NotFound' })
}, 60_000)

it('goes on with one job after a top-up', async () => {
  const bought = environment.sandbox.report().jobsBought
  environment.sandbox.setCredits(0)
  const { id } = await removals.start({ source }, { isNew: true })

  const failure = await rejectionOf(removals.result(id))

  expect(failure).toMatchObject({ kind: 'InsufficientCredits' })
  expect(documentOf(failure)).toMatchObject({ id, state: 'parked' })
  environment.sandbox.setCredits(10)
  expect(await removals.resume(id)).toMatchObject({ parkedFor: 'InsufficientCredits' })
  expect(await removals.result(id, { waitWhileParked: true })).toMatchObject({ id, state: 'succeeded' })
  expect(environment.sandbox.report()).toMatchObject({ jobsBought: bought + 1 })
  expect((await allOf(removals.list())).map((listed) => listed.id)).toContain(id)
}, 60_000)
