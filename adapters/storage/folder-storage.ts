import { randomUUID } from 'node:crypto'
import { constants, createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { pathToFileURL } from 'node:url'
import { PARTIAL_SEGMENT } from '../../domain/storage-place.ts'
import { checkStorage } from './check-storage.ts'
import type { StorageAction } from './errors.ts'
import { crossesDevices, isAbsentPath, missingFailure, storageFailure } from './errors.ts'
import { meterBody } from './metered-body.ts'
import type { Patience, Turns } from './patience.ts'
import { DEFAULT_PATIENCE, withPatience } from './patience.ts'
import type { Storage } from './storage.ts'
import { checkedKey, checkedPrefix } from './storage-key.ts'

/** 64 KiB reads, Node's default, reach two thirds of this speed; 1 MiB is no faster and may hold 100 MiB at its peak. */
const BUFFER_BYTES = 256 * 1024

/** A storage in a folder, which is made when first written to. A call on a mount that hangs ends all the same. */
export function createFolderStorage(folder: string, patience: Patience = DEFAULT_PATIENCE): Storage {
  const root = resolve(folder)
  const pathOf = (key: string): string => join(root, ...checkedKey(key).split('/'))
  const location = (key: string): string => pathToFileURL(pathOf(key)).href

  /** One step on the disk, which is a failure of `action` on `where` when it goes wrong or takes too long. */
  function onDisk<Result>(
    action: StorageAction,
    where: string,
    { signal, ms = patience.callMs }: { signal?: AbortSignal | undefined; ms?: number },
    step: (turns: Turns) => Promise<Result>,
  ): Promise<Result> {
    return withPatience(ms, signal, step).catch((error: unknown) => {
      throw storageFailure(action, where, error, signal)
    })
  }

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
      const where = location(key)
      return await onDisk('write', where, { signal, ms: patience.stallMs }, async (turns) => {
        const metered = meterBody(body, { onProgress, turns })
        await place(key, (path) => fillFile(path, metered.bytes()))
        return metered.totals()
      })
    },

    async adopt(key, path, { signal, onProgress } = {}) {
      const where = location(key)
      const isMoved = await onDisk('move a file to', where, { signal, ms: patience.stallMs }, async () => {
        try {
          await mkdir(dirname(pathOf(key)), { recursive: true })
          await syncFile(path)
          await rename(path, pathOf(key))
          return true
        } catch (error) {
          if (crossesDevices(error)) return false
          throw error
        }
      })
      if (isMoved) return
      await storage.write(key, createReadStream(path, { highWaterMark: BUFFER_BYTES }), {
        ...(signal && { signal }),
        ...(onProgress && { onProgress }),
      })
      await rm(path, { force: true })
    },

    async read(key, { start = 0, endExclusive = Infinity, signal } = {}) {
      const where = location(key)
      if (endExclusive <= start) return Readable.from([])
      const file = await onDisk('read', where, { signal }, async () => {
        // Without this flag the opening of a pipe that somebody put there would wait for its writer.
        const opened = await open(pathOf(key), constants.O_RDONLY | constants.O_NONBLOCK)
        if ((await opened.stat()).isFile()) return opened
        await opened.close()
        throw missingFailure(where, undefined)
      }).catch((error: unknown) => {
        throw isAbsentPath((error as Error).cause) ? missingFailure(where, error) : error
      })
      return file.createReadStream({
        start,
        end: endExclusive - 1,
        highWaterMark: BUFFER_BYTES,
        ...(signal && { signal }),
      })
    },

    async stat(key, { signal } = {}) {
      return await onDisk('look at', location(key), { signal }, async () => {
        const found = await stat(pathOf(key)).catch(absentAs(undefined))
        return found?.isFile() ? { sizeBytes: found.size } : undefined
      })
    },

    async remove(key, { signal } = {}) {
      await onDisk('remove', location(key), { signal }, () =>
        rm(pathOf(key), { force: true }).catch(absentAs(undefined)),
      )
    },

    async removeAll(prefix, { signal } = {}) {
      const beneath = join(root, checkedPrefix(prefix))
      const where = pathToFileURL(beneath).href
      await onDisk('remove', where, { signal, ms: patience.stallMs }, () =>
        rm(beneath, { recursive: true, force: true }),
      )
    },

    async *list(prefix, { signal } = {}) {
      yield* filesBeneath(checkedPrefix(prefix), signal)
    },

    async sweep(before) {
      const beneath = join(root, PARTIAL_SEGMENT)
      const where = pathToFileURL(beneath).href
      return await onDisk('sweep', where, { ms: patience.stallMs }, async () => {
        let swept = 0
        for (const name of await readdir(beneath).catch(absentAs<string[]>([]))) {
          const path = join(beneath, name)
          const found = await stat(path).catch(absentAs(undefined))
          if (found === undefined || found.mtime >= before) continue
          await rm(path, { force: true })
          swept += 1
        }
        return swept
      })
    },
  }

  async function* filesBeneath(key: string, signal: AbortSignal | undefined): AsyncGenerator<string> {
    const path = join(root, key)
    const entries = await onDisk('list', pathToFileURL(path).href, { signal }, () =>
      readdir(path, { withFileTypes: true }).catch(absentAs([])),
    )
    for (const entry of entries) {
      if (entry.name === PARTIAL_SEGMENT) continue
      const child = key === '' ? entry.name : `${key}/${entry.name}`
      if (entry.isDirectory()) yield* filesBeneath(child, signal)
      else if (entry.isFile()) yield child
    }
  }

  return { ...storage, check: () => checkStorage(storage) }
}

async function fillFile(path: string, body: AsyncIterable<Uint8Array>): Promise<void> {
  await pipeline(body, createWriteStream(path, { flags: 'wx', highWaterMark: BUFFER_BYTES }))
  await syncFile(path)
}

/** A renamed file whose bytes are not yet on the disk would survive a power cut empty. */
async function syncFile(path: string): Promise<void> {
  await using file = await open(path, 'r')
  await file.datasync()
}

/** Takes a path that leads to nothing for `value`; every other error passes. */
function absentAs<Value>(value: Value): (error: unknown) => Value {
  return (error) => {
    if (isAbsentPath(error)) return value
    throw error
  }
}
