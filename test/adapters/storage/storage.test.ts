import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { tempFolder } from '../../support/temp-folder.ts'
import type { OpenStorage } from './support/use-storages.ts'
import { bodyOf, bytesOf, folderStorage, keysOf, s3Storage } from './support/use-storages.ts'

const STORAGES: [string, OpenStorage][] = [
  ['a folder', folderStorage],
  ['S3', s3Storage],
]
/** More than two parts of a multipart upload. */
const LARGE = 18 * 1024 * 1024

describe.each(STORAGES)('%s', (_, open) => {
  it('gives back what was written, whole and in part, with its size and checksum', async () => {
    const storage = await open()
    const expected = await bytesOf(bodyOf(300_000))
    const seen: number[] = []
    const written = await storage.write('inputs/a b.mp4', bodyOf(300_000), {
      contentType: 'video/mp4',
      onProgress: (bytes) => seen.push(bytes),
    })
    expect(written).toEqual({
      sizeBytes: 300_000,
      sha256: createHash('sha256').update(expected).digest('hex'),
    })
    expect(seen.at(-1)).toBe(300_000)
    expect(await storage.stat('inputs/a b.mp4')).toEqual({ sizeBytes: 300_000 })
    expect((await bytesOf(await storage.read('inputs/a b.mp4'))).equals(expected)).toBe(true)
    const part = await bytesOf(await storage.read('inputs/a b.mp4', { start: 65_530, endExclusive: 65_550 }))
    expect(part.equals(expected.subarray(65_530, 65_550))).toBe(true)
    const tail = await bytesOf(await storage.read('inputs/a b.mp4', { start: 299_990 }))
    expect(tail).toHaveLength(10)
    expect(await bytesOf(await storage.read('inputs/a b.mp4', { start: 5, endExclusive: 5 }))).toHaveLength(0)
  })

  it('takes an empty and a large object', async () => {
    const storage = await open()
    await storage.write('empty', bodyOf(0))
    expect(await storage.stat('empty')).toEqual({ sizeBytes: 0 })
    expect(await bytesOf(await storage.read('empty'))).toHaveLength(0)
    const { sizeBytes, sha256 } = await storage.write('large', bodyOf(LARGE, 1024 * 1024))
    expect(sizeBytes).toBe(LARGE)
    const back = await bytesOf(await storage.read('large'))
    expect(createHash('sha256').update(back).digest('hex')).toBe(sha256)
  })

  it('replaces an object', async () => {
    const storage = await open()
    await storage.write('a', bodyOf(10))
    await storage.write('a', bodyOf(20))
    expect(await storage.stat('a')).toEqual({ sizeBytes: 20 })
  })

  it('adopts a finished file, which is gone afterwards', async () => {
    const storage = await open()
    const path = join(await tempFolder(), 'output.webm')
    await writeFile(path, 'a matte')
    await storage.adopt('outputs/r1/output.webm', path, { contentType: 'video/webm' })
    expect(existsSync(path)).toBe(false)
    expect((await bytesOf(await storage.read('outputs/r1/output.webm'))).toString()).toBe('a matte')
  })

  it('leaves nothing behind when the body fails', async () => {
    const storage = await open()
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield* bodyOf(LARGE, 1024 * 1024)
      throw new Error('the source broke')
    }
    await expect(storage.write('a', failing())).rejects.toMatchObject({ kind: 'PlatformUnavailable' })
    expect(await storage.stat('a')).toBeUndefined()
    expect(await keysOf(storage.list(''))).toEqual([])
  })

  it('ends a write with the reason of its signal, also while the source is silent', async () => {
    const storage = await open()
    const controller = new AbortController()
    const silence = Promise.withResolvers<never>()
    async function* silent(): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(1_000)
      setImmediate(() => controller.abort(new Error('cancelled')))
      yield await silence.promise
    }
    await expect(storage.write('a', silent(), { signal: controller.signal })).rejects.toThrow('cancelled')
    expect(await storage.stat('a')).toBeUndefined()
  })

  it('lists and removes whole segments only', async () => {
    const storage = await open()
    for (const key of ['r/1/a', 'r/1/b/c', 'r/10/a', 's']) await storage.write(key, bodyOf(1))
    expect((await keysOf(storage.list('r/1'))).toSorted()).toEqual(['r/1/a', 'r/1/b/c'])
    expect((await keysOf(storage.list(''))).toSorted()).toEqual(['r/1/a', 'r/1/b/c', 'r/10/a', 's'])
    await storage.removeAll('r/1/')
    expect((await keysOf(storage.list(''))).toSorted()).toEqual(['r/10/a', 's'])
    await storage.remove('s')
    await storage.remove('s')
    await storage.removeAll('not/there')
    expect(await keysOf(storage.list(''))).toEqual(['r/10/a'])
  })

  it('says what is missing and where', async () => {
    const storage = await open()
    expect(await storage.stat('no/such')).toBeUndefined()
    await expect(storage.read('no/such')).rejects.toMatchObject({
      kind: 'PlatformUnavailable',
      message: `storage: ${storage.location('no/such')} is missing`,
    })
  })

  it.each(['', '/etc/passwd', '../a', 'a/../b', 'a//b', 'a/', './a', 'a\\b', 'a\u0000b', '.partial/a'])(
    'refuses the key %j',
    async (key) => {
      const storage = await open()
      expect(() => storage.location(key)).toThrow(expect.objectContaining({ kind: 'InvalidRequest' }))
      await expect(storage.write(key, bodyOf(1))).rejects.toMatchObject({ kind: 'InvalidRequest' })
    },
  )

  it('passes its own check and leaves nothing of it', async () => {
    const storage = await open()
    await storage.check()
    expect(await keysOf(storage.list(''))).toEqual([])
  })
})

describe('what a writer that died has left', () => {
  const LONG_AGO = new Date(Date.now() - 8 * 86_400_000)
  const A_WEEK_AGO = new Date(Date.now() - 7 * 86_400_000)

  it('goes from a folder by its age, and from nowhere else', async () => {
    const storage = await folderStorage()
    await storage.write('outputs/r1/a', bodyOf(1))
    const folder = fileURLToPath(storage.location('.x')).replace(/\.x$/, '')
    await mkdir(join(folder, '.partial'), { recursive: true })
    for (const name of ['old', 'young']) await writeFile(join(folder, '.partial', name), 'half a matte')
    await utimes(join(folder, '.partial', 'old'), LONG_AGO, LONG_AGO)
    await utimes(join(folder, 'outputs/r1/a'), LONG_AGO, LONG_AGO)

    expect(await storage.sweep(A_WEEK_AGO)).toBe(1)
    expect(await readdir(join(folder, '.partial'))).toEqual(['young'])
    expect(await keysOf(storage.list(''))).toEqual(['outputs/r1/a'])
  })

  it('is nothing in a folder that was never written to', async () => {
    expect(await (await folderStorage()).sweep(new Date())).toBe(0)
  })
})

it('takes a pipe in the place of an object for nothing, without waiting for its writer', async () => {
  const storage = await folderStorage()
  await storage.write('a/b', bodyOf(1))
  await promisify(execFile)('mkfifo', [fileURLToPath(storage.location('a/pipe'))])

  expect(await storage.stat('a/pipe')).toBeUndefined()
  await expect(storage.read('a/pipe')).rejects.toMatchObject({ kind: 'PlatformUnavailable' })
})

describe('a URL at which anybody may fetch an object for a time', () => {
  it('is signed by S3, and a folder has none', async () => {
    const storage = await s3Storage()
    await storage.write('outputs/a.webm', bodyOf(1_000))

    const url = await storage.signedUrl?.('outputs/a.webm', { expiresInSeconds: 60 })

    expect(new URL(url ?? '').searchParams.get('X-Amz-Expires')).toBe('60')
    const answer = await fetch(url ?? '')
    expect((await answer.bytes()).byteLength).toBe(1_000)
    await expect(storage.signedUrl?.('outputs/a.webm', { expiresInSeconds: 700_000 })).rejects.toThrow(
      /expiresInSeconds: expected 1 to 604800/,
    )
    expect((await folderStorage()).signedUrl).toBeUndefined()
  })
})
