import { constants } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { RemovalFailure } from '../../domain/removal-failure.ts'

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

/** What it means that a file cannot be opened or read. */
export function unreadable(path: string, error: NodeJS.ErrnoException): RemovalFailure {
  const reason = REASONS[error.code ?? ''] ?? `cannot be read: ${error.code ?? error.message}`
  return new RemovalFailure('InvalidInput', `${path} ${reason}: expected a video file`, { cause: error })
}
