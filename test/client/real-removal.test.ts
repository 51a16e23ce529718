import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

it('goes on with one job after a top-up', async () => {
  environment.sandbox.setCredits(0)
  const { id } = await removals.start({ source }, { isNew: true })

  const failure = await rejectionOf(removals.result(id))

  expect(failure).toMatchObject({ kind: 'InsufficientCredits' })
  expect(documentOf(failure)).toMatchObject({ id, state: 'parked' })
  environment.sandbox.setCredits(10)
  expect(await removals.resume(id)).toMatchObject({ parkedFor: 'InsufficientCredits' })
  expect(await removals.result(id, { waitWhileParked: true })).toMatchObject({ id, state: 'succeeded' })
  expect(environment.sandbox.report()).toMatchObject({ jobsBought: 2 })
  expect((await allOf(removals.list())).map((listed) => listed.id)).toContain(id)
}, 60_000)
