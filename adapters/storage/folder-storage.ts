import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { pathToFileURL } from 'node:url'
import { abortableBody } from './abortable-body.ts'
import { checkStorage } from './check-storage.ts'
import { meterBody } from './metered-body.ts'
import type { Storage } from './storage.ts'
import { missingFailure, storageFailure } from './storage-failure.ts'
import { checkedKey, checkedPrefix, PARTIAL_SEGMENT } from './storage-key.ts'

/** 64 KiB reads, Node's default, reach two thirds of this speed; 1 MiB is no faster and may hold 100 MiB at its peak. */
const BUFFER_BYTES = 256 * 1024

/** A storage in a folder, which is made when first written to. */
export function createFolderStorage(folder: string): Storage {
  const root = resolve(folder)
  const pathOf = (key: string): string => join(root, ...checkedKey(key).split('/'))
  const location = (key: string): string => pathToFileURL(pathOf(key)).href

  /** Fills a file beside the keys and renames it, so that nobody sees half an object. */
  async function place(key: string, fill: (path: string) => Promise<void>): Promise<void> {
    const target = pathOf(key)
    const partial = join(root, PARTIAL_SEGMENT, randomUUID())
    await mkdir(dirname(partial), { recursive: true })
    try {
      await fill(partial)
      await mkdir(dirname(target), { recursive: true })
      await rename(partial, target)
    } catch (error) {
      await rm(partial, { force: true })
      throw error
    }
  }

  const storage: Omit<Storage, 'check'> = {
    location,
    localPath: pathOf,

    async write(key, body, { signal, onProgress } = {}) {
      const metered = meterBody(body, onProgress)
      const fill = (path: string): Promise<void> => fillFile(path, metered.bytes(), signal)
      await place(key, fill).catch((error: unknown) => {
        throw storageFailure('write', location(key), error, signal)
      })
      return metered.totals()
    },

    async adopt(key, path, { signal, onProgress } = {}) {
      try {
        await mkdir(dirname(pathOf(key)), { recursive: true })
        await syncFile(path)
        await rename(path, pathOf(key))
      } catch (error) {
        if (!hasCode(error, 'EXDEV')) throw storageFailure('move a file to', location(key), error, signal)
        await storage.write(key, createReadStream(path, { highWaterMark: BUFFER_BYTES }), {
          ...(signal && { signal }),
          ...(onProgress && { onProgress }),
        })
        await rm(path, { force: true })
      }
    },

    async read(key, { start = 0, endExclusive = Infinity, signal } = {}) {
      if (endExclusive <= start) return Readable.from([])
      const file = await open(pathOf(key)).catch((error: unknown) => {
        if (isAbsent(error)) throw missingFailure(location(key), error)
        throw storageFailure('read', location(key), error, signal)
      })
      return file.createReadStream({
        start,
        end: endExclusive - 1,
        highWaterMark: BUFFER_BYTES,
        ...(signal && { signal }),
      })
    },

    async stat(key) {
      try {
        const found = await stat(pathOf(key))
        return found.isFile() ? { sizeBytes: found.size } : undefined
      } catch (error) {
        if (isAbsent(error)) return undefined
        throw storageFailure('look at', location(key), error)
      }
    },

    async remove(key) {
      await rm(pathOf(key), { force: true }).catch((error: unknown) => {
        if (!isAbsent(error)) throw storageFailure('remove', location(key), error)
      })
    },

    async removeAll(prefix) {
      const beneath = checkedPrefix(prefix)
      await rm(join(root, beneath), { recursive: true, force: true }).catch((error: unknown) => {
        throw storageFailure('remove', pathToFileURL(join(root, beneath)).href, error)
      })
    },

    async *list(prefix) {
      yield* filesBeneath(root, checkedPrefix(prefix))
    },
  }
  return { ...storage, check: () => checkStorage(storage) }
}

async function fillFile(path: string, body: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<void> {
  const file = createWriteStream(path, { flags: 'wx', highWaterMark: BUFFER_BYTES })
  await pipeline(signal ? abortableBody(body, signal) : body, file)
  await syncFile(path)
}

/** A renamed file whose bytes are not yet on the disk would survive a power cut empty. */
async function syncFile(path: string): Promise<void> {
  await using file = await open(path, 'r')
  await file.datasync()
}

async function* filesBeneath(root: string, key: string): AsyncGenerator<string> {
  const entries = await readdir(join(root, key), { withFileTypes: true }).catch((error: unknown) => {
    if (isAbsent(error)) return []
    throw storageFailure('list', pathToFileURL(join(root, key)).href, error)
  })
  for (const entry of entries) {
    if (entry.name === PARTIAL_SEGMENT) continue
    const child = key === '' ? entry.name : `${key}/${entry.name}`
    if (entry.isDirectory()) yield* filesBeneath(root, child)
    else if (entry.isFile()) yield child
  }
}

function isAbsent(error: unknown): boolean {
  return hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
