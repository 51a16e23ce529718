import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startFauxqs } from 'fauxqs'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createVendorClient } from '../../adapters/removebgvideo/index.ts'
import { createStorage } from '../../adapters/storage/create-storage.ts'
import { oneChunk } from '../../adapters/storage/storage.ts'
import { checkInputUrl } from '../../adapters/transfer/check-input-url.ts'
import { downloadToFile } from '../../adapters/transfer/download-to-file.ts'
import { createInputHostRules, createOutputHostRules } from '../../adapters/transfer/host-rules.ts'
import { openRangedUrl } from '../../adapters/transfer/ranged-reader.ts'
import type { Proxies } from '../../domain/proxies.ts'
import { startProxy } from '../support/proxy-server.ts'
import { serveHttp } from '../support/serve-http.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { failureOf } from './removebgvideo/support/calls.ts'
import { serveBytes } from './transfer/support/serve-bytes.ts'

const through = (url: string): Proxies => ({ http: url, https: url, except: [] })
const VENDOR = 'http://vendor.test'

const clientOf = (baseUrl: string, proxies: Proxies) =>
  createVendorClient({ baseUrl, apiKey: 'k', keyAlias: 'main', callTimeoutMs: 5_000, proxies })

async function aVendor() {
  return await serveHttp((request, response) => {
    request.resume()
    request.once('end', () => response.end(JSON.stringify({ status: 'ok', id: 'j1', success: true })))
  })
}

describe('a call to the vendor', () => {
  it('goes through the proxy, which alone knows the name', async () => {
    const vendor = await aVendor()
    const proxy = await startProxy({ knows: { 'vendor.test:80': vendor.port }, credentials: 'ada:p%40ss' })
    const client = clientOf(VENDOR, through(proxy.url.replace('p%40ss', 'p%2540ss')))

    expect(await client.health()).toMatchObject({ status: 'ok' })
    expect(await client.startJob('j1')).toMatchObject({ status: 'ok' })
    expect(proxy.passed).toEqual([`GET ${VENDOR}/health`, `POST ${VENDOR}/v1/jobs/j1/start`])
  })

  it('has sent nothing where the proxy opens no tunnel, and names proxy and status', async () => {
    const proxy = await startProxy({ refuses: 403 })
    const starting = clientOf('https://vendor.test', through(proxy.url)).startJob('j1')

    await expect(starting).rejects.toMatchObject({
      kind: 'VendorUnavailable',
      message: `start vendor job j1: no answer from the vendor through the proxy ${proxy.url}: it answered 403`,
      facts: { sendOutcome: 'not-sent', hint: expect.stringContaining('HTTPS_PROXY') },
    })
    expect(proxy.passed).toEqual(['CONNECT vendor.test:443'])
  })

  it('has sent nothing where the proxy is away, and does not show its credentials', async () => {
    const starting = clientOf('https://vendor.test', through('http://ada:secret@127.0.0.1:9')).startJob('j1')
    const { message, facts } = await failureOf(starting)

    expect(facts.sendOutcome).toBe('not-sent')
    expect(message).toContain('through the proxy http://127.0.0.1:9: ECONNREFUSED')
    expect(JSON.stringify({ message, facts })).not.toContain('secret')
  })

  it('goes directly to this machine', async () => {
    const vendor = await aVendor()
    const proxy = await startProxy()

    expect(await clientOf(vendor.url, through(proxy.url)).health()).toMatchObject({ status: 'ok' })
    expect(proxy.passed).toEqual([])
  })
})

describe('an output', () => {
  it('comes through the proxy, redirects included', async () => {
    const bytes = Buffer.from('a matte')
    const host = await serveHttp((request, response) =>
      request.url === '/old'
        ? response.writeHead(302, { location: 'http://cdn.test/new' }).end()
        : serveBytes(bytes)(request, response),
    )
    const proxy = await startProxy({ knows: { 'cdn.test:80': host.port } })
    const rules = createOutputHostRules(VENDOR, ['cdn.test'], { proxies: through(proxy.url) })
    const path = join(await tempFolder(), 'output')

    expect(await downloadToFile('http://cdn.test/old', path, { rules, maxBytes: 100 })).toMatchObject({
      sizeBytes: bytes.length,
    })
    expect(proxy.passed).toEqual(['GET http://cdn.test/old', 'GET http://cdn.test/new'])
  })

  it('is an outage where the proxy refuses', async () => {
    const proxy = await startProxy({ refuses: 407 })
    const rules = createOutputHostRules(VENDOR, ['cdn.test'], { proxies: through(proxy.url) })
    const path = join(await tempFolder(), 'output')

    await expect(downloadToFile('https://cdn.test/o', path, { rules, maxBytes: 100 })).rejects.toMatchObject({
      kind: 'VendorUnavailable',
      message: 'fetch output from cdn.test: the proxy answered 407 (HTTPS_PROXY, NO_PROXY)',
    })
  })
})

describe('a source URL', () => {
  const named = (address?: string) => (_: string, callback: (error: Error | null, found: never[]) => void) =>
    address === undefined
      ? callback(Object.assign(new Error('unknown'), { code: 'ENOTFOUND' }), [])
      : callback(null, [{ address, family: 4 }] as never[])

  it('is read through the proxy although our resolver does not know its name', async () => {
    const host = await serveHttp(serveBytes(Buffer.from('a video')))
    const proxy = await startProxy({ knows: { 'films.test:80': host.port } })
    const rules = createInputHostRules(VENDOR, { proxies: through(proxy.url) })
    const unknown = Object.assign(new Error('unknown'), { code: 'ENOTFOUND' })

    await checkInputUrl('http://films.test/a.mp4', rules, () => Promise.reject(unknown))
    const reader = await openRangedUrl('http://films.test/a.mp4', rules, { lookup: named() })
    expect(Buffer.from(await reader.read(0, 7)).toString()).toBe('a video')
    await reader.close()
    expect(proxy.passed).toEqual(['GET http://films.test/a.mp4'])
  })

  it.each([
    ['an address that is private', 'http://10.0.0.7/a.mp4', undefined],
    ['a name that our resolver knows as private', 'http://films.test/a.mp4', '10.0.0.7'],
    ['the metadata of a cloud', 'http://169.254.169.254/latest', undefined],
  ])('does not reach %s through the proxy', async (_what, url, address) => {
    const proxy = await startProxy()
    const rules = createInputHostRules(VENDOR, { proxies: through(proxy.url) })

    await expect(openRangedUrl(url, rules, { lookup: named(address) })).rejects.toMatchObject({
      kind: 'InvalidInput',
      message: expect.stringContaining('MATTEFLOW_PRIVATE_HOSTS'),
    })
    expect(proxy.passed).toEqual([])
  })
})

describe('S3', () => {
  const aStore = async () => {
    const store = await startFauxqs({ port: 0, logger: false, host: '127.0.0.1' })
    onTestFinished(() => store.stop())
    store.createBucket('mattes')
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://store')
    onTestFinished(() => void vi.unstubAllEnvs())
    return store
  }

  it('is reached through the proxy', async () => {
    const store = await aStore()
    const proxy = await startProxy({ knows: { 'store:80': store.port } })
    const storage = createStorage('s3://mattes/p', { proxies: through(proxy.url) })

    await storage.write('a', oneChunk('a matte'))
    expect(await text(await storage.read('a'))).toBe('a matte')
    await storage.check()
    expect(proxy.passed.slice(0, 2)).toEqual([
      expect.stringContaining('PUT http://store/mattes/p/a'),
      expect.stringContaining('GET http://store/mattes/p/a'),
    ])
  })

  it('is reached directly on this machine', async () => {
    const store = await aStore()
    vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${store.port}`)
    const proxy = await startProxy()
    await createStorage('s3://mattes/p', { proxies: through(proxy.url) }).write('a', oneChunk('a matte'))
    expect(proxy.passed).toEqual([])
  })

  it('says that the proxy opens no way', async () => {
    await aStore()
    vi.stubEnv('AWS_ENDPOINT_URL', 'https://s3.test')
    const proxy = await startProxy({ refuses: 403 })
    const storage = createStorage('s3://mattes/p', { proxies: through(proxy.url) })

    await expect(storage.write('a', oneChunk('x'))).rejects.toMatchObject({
      kind: 'PlatformUnavailable',
      message: 'storage: write s3://mattes/p/a: the proxy opens no way to the store',
      facts: { hint: expect.stringContaining('NO_PROXY') },
    })
  })
})

describe('HTTPS', () => {
  it('is spoken through a tunnel with vendor, source and S3, as the environment says', async () => {
    const folder = await tempFolder()
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
    await promisify(execFile)('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=vendor.test'],
      ...[
        '-addext',
        'subjectAltName=DNS:vendor.test,DNS:films.test,DNS:s3.test',
        '-keyout',
        key,
        '-out',
        certificate,
      ],
    ])
    const { port } = await serveTls(key, certificate)
    const proxy = await startProxy({
      knows: { 'vendor.test:443': port, 'films.test:443': port, 's3.test:443': port },
      credentials: 'ada:pass',
    })
    const child = fileURLToPath(new URL('support/call-through-proxy-process.ts', import.meta.url))
    const env = {
      PATH: process.env['PATH'],
      NODE_EXTRA_CA_CERTS: certificate,
      https_proxy: proxy.url,
      AWS_ENDPOINT_URL: 'https://s3.test',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    }

    const { stdout } = await promisify(execFile)(process.execPath, [child], { env })

    expect(JSON.parse(stdout)).toEqual({ health: 'ok', source: '{"status":"ok"}', object: '{"status":"ok"}' })
    expect(new Set(proxy.passed)).toEqual(
      new Set(['CONNECT vendor.test:443', 'CONNECT films.test:443', 'CONNECT s3.test:443']),
    )
  })
})

async function serveTls(key: string, certificate: string): Promise<{ port: number }> {
  const { createServer } = await import('node:https')
  const { readFile } = await import('node:fs/promises')
  const server = createServer(
    { key: await readFile(key), cert: await readFile(certificate) },
    (_, response) => response.end('{"status":"ok"}'),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  return { port: address !== null && typeof address === 'object' ? address.port : 0 }
}
