import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import type { RemovalEnvironment } from 'matteflow/testing'
import {
  assertBought,
  assertCollected,
  loseReply,
  makeClip,
  startRemovalEnvironment,
  startTemporalServer,
} from 'matteflow/testing'
import type { Service } from '../src/service.ts'
import { startService } from '../src/service.ts'

let environment: RemovalEnvironment
let service: Service
let folder: string
let clip: Buffer<ArrayBuffer>

before(async () => {
  const temporal = await startTemporalServer('dev')
  environment = await startRemovalEnvironment({ temporal, withoutWorkers: true })
  service = await startService(temporal.nativeConnection, environment.settings)
  folder = await mkdtemp(join(tmpdir(), 'removal-service-'))
  clip = await readFile(await makeClip(join(folder, 'clip.mp4')))
})
after(async () => {
  await service.close()
  await environment.close()
  await environment.temporal.teardown()
  await rm(folder, { recursive: true })
})

/** Sends the clip, as a client of the service does. */
function put(path: string, body = clip): Promise<Response> {
  return fetch(`${service.url}/${path}`, { method: 'PUT', body, headers: { 'content-type': 'video/mp4' } })
}

it('buys a video once, though the reply to its start is lost and the client repeats itself', async () => {
  environment.sandbox.addFaults([loseReply('start')])

  const responses = await Promise.all([put('removals/lost'), put('removals/lost')])

  assert.deepEqual(
    responses.map(({ status }) => status),
    [202, 202],
  )
  await environment.removals.result('lost')
  const output = await fetch(`${service.url}/removals/lost/output`)
  assert.ok((await output.arrayBuffer()).byteLength > 0)
  assertBought(environment.sandbox.report(), 1)
  assertCollected(environment.sandbox.report())
})

it('publishes an order when its video is ready', async () => {
  await put('orders/hat')

  const published = await environment.temporal.client.workflow.getHandle('order/hat').result()

  const { output, credits } = await environment.removals.status('hat')
  assert.deepEqual(published, { orderId: 'hat', location: output?.location, credits: credits.charged })
  const shown = await fetch(`${service.url}/orders/hat`)
  assert.deepEqual(await shown.json(), published)
})

it('says in words what is wrong with a file, and buys nothing', async () => {
  const { jobsBought } = environment.sandbox.report()

  const response = await put('removals/letter', Buffer.from('Dear shop, here is my video.'))

  assert.equal(response.status, 422)
  assert.match(await response.text(), /"kind":"InvalidInput","message":"[A-Z].+"/)
  assertBought(environment.sandbox.report(), jobsBought)
})
