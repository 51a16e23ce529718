import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it, vi } from 'vitest'
import { createStorage } from '../../../adapters/storage/create-storage.ts'
import { serveHttp } from '../../support/serve-http.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { isBatchOfRemovals, isList, objectIn, oddStore, s3Error } from './support/odd-store.ts'
import { bodyOf, keysOf, pointAwsAt } from './support/use-storages.ts'

const IMPATIENT = { patience: { callMs: 300, stallMs: 300 } }
const URL_OF_STORAGE = 's3://mattes/p'
const LARGE = 18 * 1024 * 1024

describe('a store that accepts and stays silent', () => {
  const silent = async () => {
    const ended: string[] = []
    const server = await serveHttp((request) => {
      request.resume()
      request.socket.once('close', () => ended.push(request.method ?? ''))
    })
    pointAwsAt(server.url)
    return { storage: createStorage(URL_OF_STORAGE, IMPATIENT), ended, server }
  }

  it.each(['write', 'write-large', 'read', 'stat', 'remove', 'removeAll', 'list', 'sweep', 'check'] as const)(
    'ends a %s, as an outage that says so',
    async (name) => {
      const { storage } = await silent()
      const calls = {
        write: () => storage.write('a', bodyOf(1)),
        'write-large': () => storage.write('a', bodyOf(LARGE, 1024 * 1024)),
        read: () => storage.read('a'),
        stat: () => storage.stat('a'),
        remove: () => storage.remove('a'),
        removeAll: () => storage.removeAll('a'),
        list: () => keysOf(storage.list('a')),
        sweep: () => storage.sweep(new Date()),
        check: () => storage.check(),
      }
      await expect(calls[name]()).rejects.toMatchObject({
        kind: 'PlatformUnavailable',
        message: expect.stringMatching(/no answer (in time|within 0\.3 s)$/),
      })
    },
  )

  it.each(['write', 'read', 'stat', 'remove', 'removeAll', 'list'] as const)(
    'ends the request of a %s with its signal, and gives the reason of the signal',
    async (name) => {
      const { server, ended } = await silent()
      const storage = createStorage(URL_OF_STORAGE)
      const controller = new AbortController()
      const { signal } = controller
      const calls = {
        write: () => storage.write('a', bodyOf(1), { signal }),
        read: () => storage.read('a', { signal }),
        stat: () => storage.stat('a', { signal }),
        remove: () => storage.remove('a', { signal }),
        removeAll: () => storage.removeAll('a', { signal }),
        list: () => keysOf(storage.list('a', { signal })),
      }
      const calling = calls[name]()
      const rejected = expect(calling).rejects.toThrow('the activity was cancelled')
      await vi.waitFor(() => expect(server.requests).toHaveLength(1))
      controller.abort(new Error('the activity was cancelled'))
      await rejected
      await vi.waitFor(() => expect(ended).toHaveLength(1))
    },
  )

  it('ends a read that breaks off half-way', async () => {
    const server = await serveHttp((_request, response) => {
      response.writeHead(200, { 'content-length': 1_000 }).write('the first bytes')
    })
    pointAwsAt(server.url)
    const storage = createStorage(URL_OF_STORAGE, IMPATIENT)
    await expect(text(await storage.read('a'))).rejects.toMatchObject({
      kind: 'PlatformUnavailable',
      message: 'storage: read s3://mattes/p/a: no answer within 0.3 s',
    })
  })

  it('is not what a slow reader meets', async () => {
    await oddStore(() => false)
    await createStorage(URL_OF_STORAGE).write('a', bodyOf(4_000_000))
    // A busy machine answers within a second, and the reader rests for longer.
    const storage = createStorage(URL_OF_STORAGE, { patience: { callMs: 20_000, stallMs: 1_000 } })
    let size = 0
    for await (const chunk of await storage.read('a')) {
      if (size === 0) await new Promise((resolve) => setTimeout(resolve, 1_200))
      size += (chunk as Buffer).byteLength
    }
    expect(size).toBe(4_000_000)
  })

  it('is not what a slow source meets', async () => {
    await oddStore(() => false)
    const storage = createStorage(URL_OF_STORAGE, { patience: { callMs: 20_000, stallMs: 1_000 } })
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield* bodyOf(LARGE, 1024 * 1024)
      await new Promise((resolve) => setTimeout(resolve, 1_200))
      yield Buffer.alloc(1)
    }
    expect(await storage.write('a', slow())).toMatchObject({ sizeBytes: LARGE + 1 })
  })
})

describe('a store whose last answer is lost', () => {
  it('has the large object all the same', async () => {
    const isCompletion = ({ method = '', url = '' }) => method === 'POST' && url.includes('uploadId=')
    let lost = 0
    await oddStore((request, response) => {
      if (!isCompletion(request) || lost > 0) return false
      lost += 1
      response.write = () => response.destroy() && true
      response.end = () => response.destroy()
      return false
    })
    const storage = createStorage(URL_OF_STORAGE)
    expect(await storage.write('a', bodyOf(LARGE, 1024 * 1024))).toMatchObject({ sizeBytes: LARGE })
    expect(await storage.stat('a')).toEqual({ sizeBytes: LARGE })
    expect(lost).toBe(1)
  })
})

describe('a store that takes no batch of removals', () => {
  it.each([
    [400, 'MissingContentMD5'],
    [400, 'InvalidRequest'],
    [405, 'MethodNotAllowed'],
    [501, 'NotImplemented'],
  ])('with %d %s removes one by one', async (status, code) => {
    const front = await oddStore((request, response) => {
      if (!isBatchOfRemovals(request)) return false
      request.resume()
      return s3Error(response, status, code)
    })
    const storage = createStorage(URL_OF_STORAGE)
    for (let number = 0; number < 20; number += 1) await storage.write(`r/${number}`, bodyOf(1))
    await storage.removeAll('r')
    expect(await keysOf(storage.list('r'))).toEqual([])
    await storage.write('r/again', bodyOf(1))
    await storage.removeAll('r')
    expect(front.requests.filter(({ url }) => url.includes('delete='))).toHaveLength(1)
  })

  it('still says it when a removal is not allowed', async () => {
    await oddStore(
      (request, response) =>
        (isBatchOfRemovals(request) || request.method === 'DELETE') && s3Error(response, 403, 'AccessDenied'),
    )
    const storage = createStorage(URL_OF_STORAGE)
    await storage.write('r/1', bodyOf(1))
    await expect(storage.removeAll('r')).rejects.toMatchObject({
      message: 'storage: remove s3://mattes/p/r: access is denied',
      facts: { hint: expect.stringContaining('s3:DeleteObject') },
    })
  })
})

describe('a key that may not list the bucket', () => {
  /** As S3 does for it: whatever is missing is answered by 403. */
  const withoutList = async ({ mayRead = true } = {}) => {
    const written = new Set<string>()
    await oddStore((request, response) => {
      const key = objectIn(request)
      if (isList(request)) return s3Error(response, 403, 'AccessDenied')
      if (request.method === 'PUT' && key !== null) written.add(key)
      if (request.method === 'DELETE' && key !== null) written.delete(key)
      const isRead = request.method === 'HEAD' || request.method === 'GET'
      return isRead && !(mayRead && written.has(key ?? '')) && s3Error(response, 403, 'AccessDenied')
    })
    return { storage: createStorage(URL_OF_STORAGE), written }
  }

  it('finds what is there and misses what is not', async () => {
    const { storage, written } = await withoutList()
    await storage.write('starts/r1/1.json', bodyOf(10))
    expect(await storage.stat('starts/r1/1.json')).toEqual({ sizeBytes: 10 })
    expect(await storage.stat('starts/r2/1.json')).toBeUndefined()
    expect([...written]).toEqual(['p/starts/r1/1.json'])
  })

  it('takes nothing for missing where it may not read at all', async () => {
    const { storage } = await withoutList({ mayRead: false })
    await storage.write('starts/r1/1.json', bodyOf(10))
    await expect(storage.stat('starts/r1/1.json')).rejects.toMatchObject({
      message: 'storage: look at s3://mattes/p/starts/r1/1.json: access is denied',
      facts: { hint: expect.stringContaining('s3:GetObject') },
    })
  })

  it('takes nothing for missing while its credentials are refused', async () => {
    await oddStore((_request, response) => s3Error(response, 403, 'InvalidAccessKeyId'))
    await expect(createStorage(URL_OF_STORAGE).stat('starts/r1/1.json')).rejects.toMatchObject({
      message: expect.stringContaining('the store does not know the access key'),
    })
  })

  it('is named by the check', async () => {
    const { storage, written } = await withoutList()
    await expect(storage.check()).rejects.toMatchObject({
      message: expect.stringContaining('list s3://mattes/p/checks/'),
      facts: { hint: expect.stringContaining('s3:ListBucket') },
    })
    expect([...written]).toEqual([])
  })
})

describe('a store that knows no checksum headers', () => {
  const withoutChecksums = () =>
    oddStore((request, response) => {
      const isOdd = Object.keys(request.headers).some(
        (name) => name.startsWith('x-amz-checksum') || name === 'x-amz-sdk-checksum-algorithm',
      )
      if (!isOdd || isBatchOfRemovals(request)) return false
      request.resume()
      return s3Error(response, 501, 'NotImplemented')
    })

  it('takes objects, small and large', async () => {
    await withoutChecksums()
    const storage = createStorage(URL_OF_STORAGE)
    await storage.write('small', bodyOf(10))
    await storage.write('large', bodyOf(LARGE, 1024 * 1024))
    expect(await storage.stat('large')).toEqual({ sizeBytes: LARGE })
  })

  it('is named where the environment asks for checksums', async () => {
    await withoutChecksums()
    vi.stubEnv('AWS_REQUEST_CHECKSUM_CALCULATION', 'WHEN_SUPPORTED')
    await expect(createStorage(URL_OF_STORAGE).write('small', bodyOf(10))).rejects.toMatchObject({
      facts: { hint: expect.stringContaining('AWS_REQUEST_CHECKSUM_CALCULATION=WHEN_REQUIRED') },
    })
  })
})

it('drops large objects that nobody finished, by their age and only beneath its prefix', async () => {
  const upload = (key: string, initiated: string): string =>
    `<Upload><Key>${key}</Key><UploadId>id</UploadId><Initiated>${initiated}</Initiated></Upload>`
  const front = await oddStore((request, response) => {
    if (request.method === 'DELETE') return response.writeHead(204).end() && true
    if (!isList(request) || !request.url?.includes('uploads')) return false
    const uploads = [upload('p/old', '2026-11-01T00:00:00Z'), upload('p/young', '2026-11-28T00:00:00Z')]
    response.setHeader('content-type', 'application/xml')
    response.end(`<ListMultipartUploadsResult>${uploads.join('')}</ListMultipartUploadsResult>`)
    return true
  })

  expect(await createStorage(URL_OF_STORAGE).sweep(new Date('2026-11-20T00:00:00Z'))).toBe(1)
  expect(front.requests.map(({ method, url }) => [method, url.split('?')[0]])).toEqual([
    ['GET', expect.stringMatching(/^\/mattes\/?$/)],
    ['DELETE', '/mattes/p/old'],
  ])
  expect(front.requests[0]?.url).toContain('prefix=p%2F')
})

describe('a profile of the AWS tools', () => {
  const withProfile = async (endpoint: string, key = 'first') => {
    const folder = await tempFolder()
    const credentials = join(folder, 'credentials')
    const renew = (next: string) =>
      writeFile(credentials, `[mattes]\naws_access_key_id=${next}\naws_secret_access_key=s\n`)
    await writeFile(join(folder, 'config'), `[profile mattes]\nendpoint_url=${endpoint}\nregion=eu-north-1\n`)
    await renew(key)
    for (const name of ['AWS_ENDPOINT_URL', 'AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])
      vi.stubEnv(name, undefined)
    vi.stubEnv('AWS_PROFILE', 'mattes')
    vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'))
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', credentials)
    return renew
  }

  it('gives endpoint, region and key', async () => {
    const front = await oddStore(() => false)
    // A name, in front of which the name of a bucket could stand.
    await withProfile(front.url.replace('127.0.0.1', 'localhost'))
    await createStorage(URL_OF_STORAGE).write('a', bodyOf(10))
    const [first] = front.requests
    expect(first?.url).toMatch(/^\/mattes\/p\/a/)
    expect(first?.headers.authorization).toMatch(/Credential=first\/\d+\/eu-north-1\/s3/)
  })

  it('is read again after its key was refused', async () => {
    const front = await oddStore((request, response) => {
      if (!request.headers.authorization?.includes('Credential=first/')) return false
      request.resume()
      return s3Error(response, 400, 'ExpiredToken')
    })
    const renew = await withProfile(front.url)
    const storage = createStorage(URL_OF_STORAGE)
    await expect(storage.write('a', bodyOf(10))).rejects.toMatchObject({ kind: 'PlatformUnavailable' })
    await renew('second')
    await storage.write('a', bodyOf(10))
    expect(await storage.stat('a')).toEqual({ sizeBytes: 10 })
  })
})

describe('a refusal of a store', () => {
  it.each([
    [400, 'ExpiredToken', 'the credentials have expired', 'Renew them'],
    [403, 'InvalidAccessKeyId', 'the store does not know the access key', 'AWS_ACCESS_KEY_ID'],
    [403, 'SignatureDoesNotMatch', 'the secret does not go with the access key', 'AWS_SECRET_ACCESS_KEY'],
    [403, 'RequestTimeTooSkewed', "this machine's clock differs too much from the store's", 'NTP'],
    [404, 'NoSuchBucket', 'the bucket does not exist', 'STORAGE_URL'],
    [301, 'PermanentRedirect', 'the bucket is in the region eu-west-3', 'AWS_REGION=eu-west-3'],
    [507, 'XMinioStorageFull', 'the store is full', 'more room'],
  ])('with %d %s says why and what to do', async (status, code, reason, hint) => {
    await oddStore((request, response) => {
      request.resume()
      return s3Error(response, status, code, { 'x-amz-bucket-region': 'eu-west-3' })
    })
    const writing = createStorage(URL_OF_STORAGE).write('a', bodyOf(10))
    await expect(writing).rejects.toMatchObject({
      kind: 'PlatformUnavailable',
      message: `storage: write s3://mattes/p/a: ${reason}`,
      facts: { hint: expect.stringContaining(hint) },
    })
  })

  it('is said of a look as well, whose first answer has no body', async () => {
    await oddStore((_request, response) => s3Error(response, 400, 'ExpiredToken'))
    await expect(createStorage(URL_OF_STORAGE).stat('a')).rejects.toMatchObject({
      message: 'storage: look at s3://mattes/p/a: the credentials have expired',
    })
  })
})
