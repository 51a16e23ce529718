import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Storage } from '../../adapters/storage/storage.ts'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { isRemovalFailure, RemovalFailure } from '../../domain/removal-failure.ts'
import { storedKey } from './stored-key.ts'

/** Where an output goes. */
export interface SavedAt {
  /** The file that is made. */
  readonly path: string
  /** Moves a finished file of the same folder there and gives the path it got. */
  take(finished: string): Promise<string>
}

/** A file of the storage with its digest, as a document names it. */
interface StoredFile {
  location: string
  sha256: string
}

/**
 * Copies an output of a removal out of the storage and gives the path it got. The file appears whole, checked
 * against its digest, or not at all. Whatever goes wrong is `PlatformUnavailable` with the removal's true document:
 * the removal has ended, and only its copy is missing. So it is where its files were deleted: a removal of which anything
 * was bought ends with no kind that says nothing was.
 */
export async function saveOutput(
  storage: Storage,
  document: RemovalDocument,
  target: SavedAt,
  file: StoredFile | null = document.output,
): Promise<string> {
  if (document.deletedAt !== null) throw deletedFiles(document, 'PlatformUnavailable')
  if (file === null) throw new TypeError(`removal ${document.id} has no such output`)
  const part = join(dirname(target.path), `.${randomUUID()}.part`)
  const removePart = (): void => rmSync(part, { force: true })
  process.once('exit', removePart)
  try {
    await copyOut(storage, file, document, part)
    return await target.take(part)
  } catch (error) {
    throw notSaved(document, target.path, file, error)
  } finally {
    process.off('exit', removePart)
    await rm(part, { force: true }).catch(() => {})
  }
}

async function copyOut(
  storage: Storage,
  { location, sha256 }: StoredFile,
  document: RemovalDocument,
  path: string,
): Promise<void> {
  const digest = createHash('sha256')
  const body = await storage.read(storedKey(storage, location, document))
  await pipeline(
    body,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        digest.update(chunk)
        yield chunk
      }
    },
    createWriteStream(path),
  )
  if (digest.digest('hex') === sha256) return
  throw new RemovalFailure('PlatformUnavailable', `the stored file ${location} is not what was verified`, {
    hint: 'The storage has changed or damaged it: restore it from a copy.',
  })
}

/** Nothing brings the file back, so that this is no failure of the storage. */
export function deletedFiles(
  document: RemovalDocument,
  kind: 'NotFound' | 'PlatformUnavailable' = 'NotFound',
): RemovalFailure {
  const message = `the files of removal ${document.id} were deleted at ${document.deletedAt}`
  const hint =
    'Nothing brings them back. Another removal of the same video buys again; the ledger keeps what this one cost.'
  const userMessage = 'The files of this removal were deleted.'
  return new RemovalFailure(kind, message, { document, hint, userMessage, retryable: false })
}

function notSaved(
  document: RemovalDocument,
  path: string,
  { location }: StoredFile,
  cause: unknown,
): RemovalFailure {
  const isRefused = location !== document.output?.location
  const what = isRefused ? 'the refused output' : 'the output'
  const command = `matteflow watch ${document.id}${isRefused ? ' --refused' : ''} --out saved${extname(basename(path))}`
  const why =
    isRemovalFailure(cause) && cause.kind === 'PlatformUnavailable' ? `${cause.toDocument().hint} ` : ''
  return new RemovalFailure('PlatformUnavailable', `${what} cannot be saved at ${path}: ${reasonOf(cause)}`, {
    hint: `${why}The removal has ended and nothing is lost: ${what} lies at ${location}. Save it later, in a folder with room, with \`${command}\`; the same \`remove\` would buy again.`,
    retryable: false,
    document,
    cause,
  })
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message
}
