import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { DownloadOptions } from '../../../adapters/transfer/download-to-file.ts'
import { downloadToFile } from '../../../adapters/transfer/download-to-file.ts'
import { createInputHostRules, createOutputHostRules } from '../../../adapters/transfer/host-rules.ts'
import { removePartialFile } from '../../../adapters/transfer/partial-file.ts'
import { serveHttp } from '../../support/serve-http.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import type { ServedFile } from './support/serve-bytes.ts'
import { serveBytes } from './support/serve-bytes.ts'

const BYTES = randomBytes(3_000_000)
const SHA256 = createHash('sha256').update(BYTES).digest('hex')
const WHOLE = { sizeBytes: BYTES.byteLength, sha256: SHA256, contentType: 'video/webm' }

/** A server of `BYTES` and what fetches from it into a file of its own. */
async function stage(...behaviours: ServedFile[]) {
  const server = await serveHttp(serveBytes(BYTES, () => behaviours.shift() ?? {}))
  const path = join(await tempFolder(), 'output.webm')
  const fetchOnce = (options: Partial<DownloadOptions> = {}) =>
    downloadToFile(`${server.url}/o.webm?sig=secret`, path, {
      rules: createOutputHostRules(server.url, []),
      maxBytes: 10_000_000,
      ...options,
    })
  return { server, path, fetchOnce }
}

/** Answers every request with one status. */
async function answering(status: number, headers: Record<string, string> = {}) {
  const server = await serveHttp((_, response) => response.writeHead(status, headers).end('no'))
  const path = join(await tempFolder(), 'output.webm')
  return downloadToFile(`${server.url}/o?sig=secret`, path, {
    rules: createOutputHostRules(server.url, []),
    maxBytes: 1_000,
  })
}

describe('a whole transfer', () => {
  it('gives size, checksum and type of the file on the disk, and tells its progress', async () => {
    const { path, fetchOnce, server } = await stage()
    const seen: number[] = []
    expect(await fetchOnce({ onProgress: (bytes) => seen.push(bytes) })).toEqual(WHOLE)
    expect((await readFile(path)).equals(BYTES)).toBe(true)
    expect(seen.at(-1)).toBe(BYTES.byteLength)
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect(server.requests[0]?.headers).not.toHaveProperty('authorization')
  })

  it('is not asked for again while the file is there', async () => {
    const { server, fetchOnce, path } = await stage()
    await fetchOnce()
    expect(await fetchOnce()).toEqual(WHOLE)
    expect(server.requests).toHaveLength(1)
    await removePartialFile(path)
    expect(existsSync(path)).toBe(false)
    await fetchOnce()
    expect(server.requests).toHaveLength(2)
  })

  it('may come without a length', async () => {
    const { fetchOnce } = await stage({ chunked: true })
    expect(await fetchOnce()).toEqual(WHOLE)
  })
})

describe('a transfer that was cut short', () => {
  it('is continued from where it stopped', async () => {
    const { server, path, fetchOnce } = await stage({ cutAfter: 1_500_000 })
    await expect(fetchOnce()).rejects.toMatchObject({
      kind: 'VendorUnavailable',
      message: expect.stringContaining('transfer cut short'),
    })
    const { size } = await stat(path)
    expect(size).toBeGreaterThan(0)
    expect(await fetchOnce()).toEqual(WHOLE)
    expect(server.requests[1]?.headers).toMatchObject({ range: `bytes=${size}-`, 'if-range': '"v1"' })
  })

  it.each([
    ['the host gives no ranges', { ranges: false }],
    ['the file has changed', { etag: '"v2"' }],
  ])('begins anew when %s', async (_, second) => {
    const { path, fetchOnce } = await stage({ cutAfter: 1_000_000 }, second)
    await expect(fetchOnce()).rejects.toMatchObject({ kind: 'VendorUnavailable' })
    expect(await fetchOnce()).toEqual(WHOLE)
    expect((await readFile(path)).equals(BYTES)).toBe(true)
  })

  it('is noticed when more was announced than came', async () => {
    const { fetchOnce } = await stage({ claims: BYTES.byteLength + 10, cutAfter: BYTES.byteLength })
    await expect(fetchOnce()).rejects.toMatchObject({
      kind: 'VendorUnavailable',
      message: expect.stringContaining('transfer cut short'),
    })
  })

  it('is noticed when the host falls silent', async () => {
    const server = await serveHttp((_, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('some')
    })
    const download = downloadToFile(server.url, join(await tempFolder(), 'o'), {
      rules: createOutputHostRules(server.url, []),
      maxBytes: 1_000,
      stallTimeoutMs: 300,
    })
    await expect(download).rejects.toMatchObject({
      kind: 'VendorUnavailable',
      message: expect.stringContaining('no bytes for too long'),
    })
  })
})

describe('what the host answers', () => {
  it.each([
    [403, 'OutputExpired'],
    [404, 'OutputExpired'],
    [410, 'OutputExpired'],
    [429, 'RateLimited'],
    [500, 'VendorUnavailable'],
    [503, 'VendorUnavailable'],
    [418, 'ContractViolation'],
  ])('%i is %s, without the signed query', async (status, kind) => {
    const failure = await answering(status, { 'retry-after': '7' }).catch((error: unknown) => error)
    expect(failure).toMatchObject({ kind, facts: { httpStatus: status } })
    expect(String(failure)).not.toContain('secret')
  })
})

describe('a body under a content coding', () => {
  const answered = async (contentEncoding: string, body: Buffer) => {
    const server = await serveHttp((_, response) => {
      response.writeHead(200, { 'content-encoding': contentEncoding, 'content-type': 'video/webm' }).end(body)
    })
    return downloadToFile(`${server.url}/o`, join(await tempFolder(), 'output.webm'), {
      rules: createOutputHostRules(server.url, []),
      maxBytes: 10_000_000,
    })
  }

  it.each(['', 'identity', 'Identity', 'none', 'binary', 'aws-chunked', 'utf-8', 'identity, aws-chunked'])(
    'that encodes nothing (%j) is plain bytes',
    async (coding) => {
      expect(await answered(coding, BYTES)).toEqual(WHOLE)
    },
  )

  it.each([
    ['gzip', gzipSync],
    ['X-GZIP', gzipSync],
    ['deflate', deflateSync],
    ['br', (bytes: Buffer) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 0 } })],
    ['zstd', zstdCompressSync],
    ['deflate, gzip', (bytes: Buffer) => gzipSync(deflateSync(bytes))],
  ])('that was not asked for is undone: %s', async (coding, encode) => {
    expect(await answered(coding, encode(BYTES))).toEqual(WHOLE)
  })

  it('is not believed of a file that is none', async () => {
    const webm = Buffer.concat([Buffer.from('1a45dfa3', 'hex'), BYTES])
    expect(await answered('gzip', webm)).toMatchObject({ sizeBytes: webm.byteLength })
  })

  it('is an outage where it breaks off, and begins anew', async () => {
    const coded = gzipSync(BYTES)
    await expect(answered('gzip', coded.subarray(0, coded.byteLength / 2))).rejects.toMatchObject({
      kind: 'VendorUnavailable',
    })
  })
})

it('stops at the size limit, announced or not, and keeps nothing', async () => {
  const { fetchOnce, path } = await stage({}, { chunked: true })
  for (const attempt of [1, 2]) {
    await expect(fetchOnce({ maxBytes: 1_000_000 }), `attempt ${attempt}`).rejects.toMatchObject({
      kind: 'ContractViolation',
      message: expect.stringContaining('larger than 1000000 bytes'),
    })
    expect(existsSync(path)).toBe(false)
  }
})

it('ends with the reason of its signal', async () => {
  const { fetchOnce } = await stage()
  const controller = new AbortController()
  const onProgress = (): void => controller.abort(new Error('cancelled'))
  await expect(fetchOnce({ signal: controller.signal, onProgress })).rejects.toThrow('cancelled')
})

it('blames our own disk for what our own disk refuses', async () => {
  const { fetchOnce, path } = await stage()
  await mkdir(path)
  await expect(fetchOnce()).rejects.toMatchObject({ kind: 'PlatformUnavailable' })
})

it('says that nobody answers', async () => {
  const { fetchOnce } = await stage()
  const server = await serveHttp(() => {})
  const url = 'http://127.0.0.1:1/o'
  const rules = createOutputHostRules(server.url, ['127.0.0.1:1'])
  await expect(
    downloadToFile(url, join(await tempFolder(), 'o'), { rules, maxBytes: 1 }),
  ).rejects.toMatchObject({
    kind: 'VendorUnavailable',
    message: 'fetch output from 127.0.0.1:1: the connection was refused',
  })
  expect(await fetchOnce()).toEqual(WHOLE)
})

describe('redirects', () => {
  it('are followed to allowed hosts', async () => {
    const cdn = await serveHttp(serveBytes(BYTES))
    const server = await serveHttp((_, response) =>
      response.writeHead(302, { location: `${cdn.url}/o` }).end(),
    )
    const rules = createOutputHostRules(server.url, [`127.0.0.1:${cdn.port}`])
    const path = join(await tempFolder(), 'o')
    expect(await downloadToFile(server.url, path, { rules, maxBytes: 1e7 })).toEqual(WHOLE)
  })

  it('are refused to others, with the way to allow them', async () => {
    const other = await serveHttp(serveBytes(BYTES))
    const server = await serveHttp((_, response) =>
      response.writeHead(302, { location: `${other.url}/o` }).end(),
    )
    const rules = createOutputHostRules(server.url, [])
    const download = downloadToFile(server.url, join(await tempFolder(), 'o'), { rules, maxBytes: 1e7 })
    await expect(download).rejects.toMatchObject({
      kind: 'ContractViolation',
      facts: { hint: expect.stringContaining('MATTEFLOW_OUTPUT_HOSTS') },
    })
    expect(other.requests).toHaveLength(0)
  })

  it('are followed five times', async () => {
    const server = await serveHttp((_, response) => response.writeHead(307, { location: '/again' }).end())
    const rules = createOutputHostRules(server.url, [])
    const download = downloadToFile(server.url, join(await tempFolder(), 'o'), { rules, maxBytes: 1e7 })
    await expect(download).rejects.toMatchObject({
      kind: 'ContractViolation',
      message: expect.stringContaining('redirects more than 5 times'),
    })
    expect(server.requests).toHaveLength(6)
  })
})

it('connects only to the address that was checked', async () => {
  const server = await serveHttp(serveBytes(BYTES))
  const rules = createInputHostRules('http://base.example')
  const download = downloadToFile(
    `http://rebinding.example:${server.port}/o`,
    join(await tempFolder(), 'o'),
    {
      rules,
      maxBytes: 1e7,
      lookup: (_, callback) =>
        callback(null, [
          { address: '93.184.216.34', family: 4 },
          { address: '127.0.0.1', family: 4 },
        ]),
    },
  )
  await expect(download).rejects.toMatchObject({
    kind: 'ContractViolation',
    message: expect.stringContaining('resolves to a private address'),
  })
  expect(server.requests).toHaveLength(0)
})
