import { readFile, rm, stat, writeFile } from 'node:fs/promises'

/** What must still be true of the remote file for its local part to be continued. */
export interface ResumeMark {
  /** The strong ETag, or null where the host gave none. */
  etag: string | null
  totalBytes: number | null
}

/** A download that was received to its end. */
export interface WholeFile {
  sizeBytes: number
  contentType: string | null
}

/** A started download: how much of it is on the disk and what it is a part of. */
export interface PartialFile extends ResumeMark {
  sizeBytes: number
}

/**
 * What an earlier attempt left at `path`; undefined when there is nothing that can be continued safely: no mark
 * beside the file, or a mark that cannot tell one remote file from another.
 */
export async function findPartialFile(path: string): Promise<PartialFile | undefined> {
  const [size, mark] = await Promise.all([sizeOf(path), readMark(path)])
  if (mark === undefined || size === 0) return undefined
  const { etag = null, totalBytes = null } = mark
  return etag === null && totalBytes === null ? undefined : { etag, totalBytes, sizeBytes: size }
}

/** Remembers what a download is a part of. The mark is written before the first byte. */
export async function markPartialFile(path: string, mark: ResumeMark): Promise<void> {
  await writeFile(markPath(path), JSON.stringify(mark))
}

/** Declares the file at `path` whole, so that a crash before it is put away does not cost another transfer. */
export async function markWholeFile(path: string, whole: WholeFile): Promise<void> {
  await writeFile(markPath(path), JSON.stringify({ whole }))
}

/** The whole file that an earlier attempt left at `path`, if there is one. */
export async function findWholeFile(path: string): Promise<WholeFile | undefined> {
  const [size, whole] = await Promise.all([sizeOf(path), readMark(path).then((mark) => mark?.whole)])
  return whole !== undefined && whole.sizeBytes === size ? whole : undefined
}

/** Removes a download, started or whole, and its mark. */
export async function removePartialFile(path: string): Promise<void> {
  await rm(path, { force: true })
  await rm(markPath(path), { force: true })
}

function markPath(path: string): string {
  return `${path}.resume`
}

function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    (found) => found.size,
    () => 0,
  )
}

async function readMark(path: string): Promise<(Partial<ResumeMark> & { whole?: WholeFile }) | undefined> {
  try {
    return JSON.parse(await readFile(markPath(path), 'utf8'))
  } catch {
    // No mark, or half a one left by a crash: the transfer begins anew.
    return undefined
  }
}
