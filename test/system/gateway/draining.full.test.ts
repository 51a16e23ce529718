import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { removalForm } from '../../gateway/support/gateway-environment.ts'
import { createUpload, tusHeaders } from '../../support/upload-client.ts'
import { clipNamed } from '../plant/clip.ts'
import type { GatewayProcess } from '../plant/gateway-process.ts'
import { startGatewayProcess } from '../plant/gateway-process.ts'
import type { Plant } from '../plant/plant.ts'
import { startPlant } from '../plant/plant.ts'
import { until } from '../plant/until.ts'

let plant: Plant
let gateway: GatewayProcess
const token = 'a-token'

beforeAll(async () => {
  plant = await startPlant({ variables: { GATEWAY_TOKENS: `acme:${token}` } })
  gateway = await startGatewayProcess(plant)
})
afterAll(async () => {
  await gateway?.kill()
  await plant?.close()
})

it('a gateway that is asked to end says so, sends its watchers elsewhere, finishes what it has begun, and ends well', async () => {
  const headers = { authorization: `Bearer ${token}` }
  const bytes = await readFile(await clipNamed('walk.mp4', plant.folder))
  // Nobody works, so that the removal goes on for as long as it is watched.
  const started = await fetch(`${gateway.url}/v1/removals`, {
    ...{ method: 'POST', headers, body: removalForm(bytes) },
  })
  const events = await fetch(`${gateway.url}${started.headers.get('location')}/events`, { headers })
  const waiting = fetch(`${gateway.url}${started.headers.get('location')}`, {
    headers: { ...headers, prefer: 'wait=50' },
  })
  const piece = await beginPiece(bytes)

  const ended = gateway.stop()

  await until(async () => (await readiness()) === '503 draining')
  const again = await fetch(`${gateway.url}${started.headers.get('location')}/events`, { headers })
  expect([again.status, again.headers.get('retry-after')]).toEqual([503, '2'])
  expect(await events.text()).toMatch(/^retry: \d{4}\n\nid: .*"state":"accepted"/s)
  expect((await waiting).status).toBe(200)
  expect(await piece.finish()).toEqual([204, String(bytes.byteLength)])
  expect(await ended).toBe(0)
  await expect(readiness()).rejects.toThrow('fetch failed')
})

async function readiness(): Promise<string> {
  const response = await fetch(`${gateway.url}/readyz`)
  const { status } = (await response.json()) as { status: string }
  return `${response.status} ${status}`
}

/** Sends the first half of an upload's only piece. `finish` sends the rest; status and offset of the response. */
async function beginPiece(bytes: Buffer) {
  const at = { url: gateway.url, token }
  const path = await createUpload(at, bytes)
  const half = Math.floor(bytes.byteLength / 2)
  const sending = request(`${gateway.url}${path}`, {
    method: 'PATCH',
    headers: {
      ...tusHeaders(at, { 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' }),
      'content-length': bytes.byteLength,
    },
  })
  const answered = once(sending, 'response')
  await new Promise((resolve) => sending.write(bytes.subarray(0, half), resolve))
  return {
    async finish() {
      sending.end(bytes.subarray(half))
      const [response] = await answered
      response.resume()
      return [response.statusCode, response.headers['upload-offset']]
    },
  }
}
