import { afterAll, beforeAll, expect, it } from 'vitest'
import { ALWAYS, show } from '../../../sandbox/index.ts'
import { clip } from '../../support/clips.ts'
import type { GatewayProcess } from '../plant/gateway-process.ts'
import { startGatewayProcess } from '../plant/gateway-process.ts'
import type { Plant } from '../plant/plant.ts'
import { startPlant } from '../plant/plant.ts'
import type { PageStack } from './support/page-stack.ts'
import { beginOverThinLine, chooseVideo, openVisitors, shownId, untilState } from './support/page-stack.ts'

let plant: Plant
let gateway: GatewayProcess
let visitors: Pick<PageStack, 'visit' | 'close'>

beforeAll(async () => {
  plant = await startPlant()
  ;[gateway] = await Promise.all([startGatewayProcess(plant), plant.startWorker()])
  visitors = await openVisitors(gateway.url)
})
afterAll(async () => {
  await visitors?.close()
  await gateway?.kill()
  await plant?.close()
})

it('a page goes on by itself after its gateway was killed in mid-upload, and again while it waited', async () => {
  plant.sandbox.addFaults([show('status', { status: 'processing', progress: 40 }, { occurrence: ALWAYS })])
  const page = await visitors.visit()
  const offsets: number[] = []
  page.on('request', (request) => {
    const offset = request.headers()['upload-offset']
    if (request.method() === 'PATCH' && offset !== undefined) offsets.push(Number(offset))
  })
  await chooseVideo(page, await clip('noisy'))
  const line = await beginOverThinLine(page)

  await gateway.kill()
  await gateway.revive()
  await line.widen()
  const id = await shownId(page)
  await untilState(page, 'Removing the background')
  await gateway.kill()
  await gateway.revive()
  plant.sandbox.clearFaults()
  await untilState(page, 'Done')

  expect(offsets.at(-1)).toBeGreaterThan(0)
  expect((await plant.removals.status(id)).state).toBe('succeeded')
  expect(plant.sandbox.report()).toMatchObject({ jobsBought: 1 })
})
