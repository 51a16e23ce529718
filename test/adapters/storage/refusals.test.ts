import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { createStorage } from '../../../adapters/storage/create-storage.ts'
import { serveHttp } from '../../support/serve-http.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { bodyOf, pointAwsAt, s3Storage } from './support/use-storages.ts'

it.each(['http://example.com/a', 'storage', 'file://host/folder', 's3:///prefix', ''])(
  'refuses %j as a storage',
  (url) => {
    expect(() => createStorage(url)).toThrow(expect.objectContaining({ kind: 'InvalidRequest' }))
  },
)

it('gives the path of a key only in a folder', async () => {
  const folder = await tempFolder()
  const storage = createStorage(pathToFileURL(folder).href)
  expect(storage.localPath('a/b.mp4')).toBe(join(folder, 'a/b.mp4'))
  expect(storage.location('a/b.mp4')).toBe(pathToFileURL(join(folder, 'a/b.mp4')).href)
  const bucket = await s3Storage('p')
  expect(bucket.localPath('a/b.mp4')).toBeUndefined()
  expect(bucket.location('a/b.mp4')).toBe('s3://mattes/p/a/b.mp4')
})

it('names the location when the folder cannot be written', async () => {
  const path = join(await tempFolder(), 'a-file')
  await writeFile(path, '')
  const storage = createStorage(pathToFileURL(path).href)
  const failure = { kind: 'PlatformUnavailable', message: expect.stringContaining(storage.location('a')) }
  await expect(storage.write('a', bodyOf(1))).rejects.toMatchObject(failure)
  await expect(storage.check()).rejects.toMatchObject({ kind: 'PlatformUnavailable' })
  expect(await storage.stat('a')).toBeUndefined()
})

it('names the location and never the credentials when the bucket is missing or denied', async () => {
  await s3Storage()
  const missing = createStorage('s3://no-such-bucket/p')
  await expect(missing.check()).rejects.toMatchObject({
    kind: 'PlatformUnavailable',
    message: expect.stringContaining('s3://no-such-bucket/p/checks/'),
  })
  const denying = await serveHttp((_, response) => {
    response.writeHead(403, { 'content-type': 'application/xml' })
    response.end('<Error><Code>AccessDenied</Code><Message>not-to-be-shown</Message></Error>')
  })
  pointAwsAt(denying.url)
  await expect(createStorage('s3://mattes').write('a', bodyOf(1))).rejects.toMatchObject({
    kind: 'PlatformUnavailable',
    message: 'storage: write s3://mattes/a: access is denied',
  })
})
