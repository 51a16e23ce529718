import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { CONTAINER_SNIFF_BYTES } from '../../domain/container.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { judgeInput } from './judge-input.ts'

/** 64 KiB reads, Node's default, are a third slower. */
export const READ_BYTES = 1024 * 1024

/** A caller's own video file, looked at and hashed. */
export interface IdentifiedFile {
  kind: 'file'
  path: string
  name: string
  sizeBytes: number
  sha256: string
}

/** Looks at a file of the caller. `InvalidInput` when it is not there, not a file, or not a video by its first bytes. */
export async function identifyFile(path: string, signal: AbortSignal | undefined): Promise<IdentifiedFile> {
  const file = await openVideoFile(path)
  try {
    const stat = await file.stat()
    judgeInput(path, stat.size, await headOf(file))
    const hash = createHash('sha256')
    const stream = file.createReadStream({
      start: 0,
      autoClose: false,
      highWaterMark: READ_BYTES,
      ...(signal && { signal }),
    })
    for await (const chunk of stream) hash.update(chunk as Uint8Array)
    return {
      kind: 'file',
      path: resolve(path),
      name: basename(path),
      sizeBytes: stat.size,
      sha256: hash.digest('hex'),
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw hasCode(error) ? unreadable(path, error) : error
  } finally {
    await file.close()
  }
}

/** Opens a regular file; anything else is `InvalidInput`. To be closed by the caller. */
export async function openVideoFile(path: string): Promise<FileHandle> {
  // Without this flag the opening of a pipe would wait for somebody to write into it.
  const file = await open(resolve(path), constants.O_RDONLY | constants.O_NONBLOCK).catch(
    (error: NodeJS.ErrnoException) => {
      throw unreadable(path, error)
    },
  )
  const stat = await file.stat()
  if (stat.isFile()) return file
  await file.close()
  const what = stat.isDirectory() ? 'a folder' : stat.isFIFO() ? 'a pipe' : 'a device'
  throw new RemovalFailure('InvalidInput', `${path} is ${what}: expected a video file`)
}

async function headOf(file: FileHandle): Promise<Uint8Array> {
  const { buffer, bytesRead } = await file.read(
    Buffer.alloc(CONTAINER_SNIFF_BYTES),
    0,
    CONTAINER_SNIFF_BYTES,
    0,
  )
  return buffer.subarray(0, bytesRead)
}

const REASONS: Record<string, string> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'may not be read: access is denied',
  EPERM: 'may not be read: access is denied',
  ENAMETOOLONG: 'has a name that is too long',
  // What Linux and the BSDs say of the opening of a socket.
  ENXIO: 'is a socket',
  EOPNOTSUPP: 'is a socket',
  ELOOP: 'is a link that leads to itself',
}

function unreadable(path: string, error: NodeJS.ErrnoException): RemovalFailure {
  const reason = REASONS[error.code ?? ''] ?? `cannot be read: ${error.code ?? error.message}`
  return new RemovalFailure('InvalidInput', `${path} ${reason}: expected a video file`, { cause: error })
}

function hasCode(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error
}
