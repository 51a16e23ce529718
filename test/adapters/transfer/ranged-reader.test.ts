import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { createInputHostRules } from '../../../adapters/transfer/host-rules.ts'
import { openRangedUrl } from '../../../adapters/transfer/ranged-reader.ts'
import { serveHttp } from '../../support/serve-http.ts'
import type { ServedFile } from './support/serve-bytes.ts'
import { serveBytes } from './support/serve-bytes.ts'

const BYTES = randomBytes(3_000_000)
const HEAD = 1024 * 1024

async function open(behaviour: ServedFile = {}, bytes = BYTES) {
  const server = await serveHttp(serveBytes(bytes, behaviour))
  const reader = await openRangedUrl(`${server.url}/a.webm?sig=secret`, createInputHostRules(server.url))
  return { server, reader }
}

it('reads pieces from anywhere, the head without asking again', async () => {
  const { server, reader } = await open()
  expect(reader).toMatchObject({ sizeBytes: 3_000_000, readableBytes: 3_000_000, contentType: 'video/webm' })
  expect(BYTES.subarray(10, 20).equals(await reader.read(10, 20))).toBe(true)
  expect(server.requests).toHaveLength(1)
  expect(BYTES.subarray(2_999_990).equals(await reader.read(2_999_990, 3_000_100))).toBe(true)
  expect(server.requests).toHaveLength(2)
  await reader.close()
})

it('has only the head of a host that gives no ranges', async () => {
  const { reader } = await open({ ranges: false })
  expect(reader).toMatchObject({ sizeBytes: 3_000_000, readableBytes: HEAD })
  expect(await reader.read(HEAD - 5, HEAD + 5)).toHaveLength(5)
  await reader.close()
})

it('does not know the size where the host does not say', async () => {
  const { reader } = await open({ ranges: false, chunked: true })
  expect(reader).toMatchObject({ sizeBytes: null, readableBytes: HEAD })
  await reader.close()
})

it('opens an empty file', async () => {
  const { reader } = await open({}, Buffer.alloc(0))
  expect(reader).toMatchObject({ sizeBytes: 0, readableBytes: 0 })
  await reader.close()
})

it.each([404, 500])('says that the source answered %i, without its query', async (status) => {
  const server = await serveHttp((_, response) => response.writeHead(status).end())
  const opening = openRangedUrl(`${server.url}/a?sig=secret`, createInputHostRules(server.url))
  await expect(opening).rejects.toMatchObject({
    kind: 'InvalidInput',
    message: `the source ${server.url}/a cannot be read: the host answered ${status}`,
  })
})

it('gives up on a host that does not answer, and ends with its signal', async () => {
  const server = await serveHttp(() => {})
  const rules = createInputHostRules(server.url)
  await expect(openRangedUrl(server.url, rules, { timeoutMs: 200 })).rejects.toMatchObject({
    kind: 'InvalidInput',
  })
  const controller = new AbortController()
  setTimeout(() => controller.abort(new Error('cancelled')), 50)
  await expect(openRangedUrl(server.url, rules, { signal: controller.signal })).rejects.toThrow('cancelled')
})

it('follows no redirect to a private address', async () => {
  const secret = await serveHttp(serveBytes(BYTES))
  const server = await serveHttp((_, response) => response.writeHead(302, { location: secret.url }).end())
  const opening = openRangedUrl(server.url, createInputHostRules(server.url))
  await expect(opening).rejects.toMatchObject({ kind: 'InvalidInput' })
  expect(secret.requests).toHaveLength(0)
})
