import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { Storage } from '../../adapters/storage/storage.ts'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'

/** Copies a removal's output out of the storage. The file appears whole, checked against its digest, or not at all. */
export async function saveOutput(storage: Storage, document: RemovalDocument, path: string): Promise<void> {
  const { output } = document
  if (output === null) throw new TypeError(`removal ${document.id} succeeded without an output`)
  const draft = `${path}.${randomUUID()}.part`
  try {
    const digest = createHash('sha256')
    const body = await storage.read(keyOf(storage, output.location))
    await pipeline(
      body,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          digest.update(chunk)
          yield chunk
        }
      },
      createWriteStream(draft),
    )
    if (digest.digest('hex') !== output.sha256) {
      throw new RemovalFailure(
        'PlatformUnavailable',
        `the stored output ${output.location} is not what was verified`,
        {
          hint: 'The storage has changed or damaged it; restore it from a copy.',
        },
      )
    }
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw isDiskError(error) ? notSaved(path, output.location, error) : error
  }
}

/** The storage's own location of nothing tells where its keys begin. */
function keyOf(storage: Storage, location: string): string {
  const probe = 'k'
  const root = storage.location(probe).slice(0, -probe.length)
  if (location.startsWith(root)) return decodeURIComponent(location.slice(root.length))
  throw new RemovalFailure(
    'PlatformUnavailable',
    `the output ${location} lies in another storage than ${root}`,
    {
      hint: 'Set STORAGE_URL to the storage that the removal was made with.',
    },
  )
}

function isDiskError(error: unknown): error is NodeJS.ErrnoException {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    /^E[A-Z]+$/.test(error.code)
  )
}

function notSaved(path: string, location: string, error: NodeJS.ErrnoException): RemovalFailure {
  return new RemovalFailure('PlatformUnavailable', `the output cannot be saved at ${path} (${error.code})`, {
    hint: `It is safe at ${location}; save it elsewhere with \`matteflow watch <id> --out <file>\`.`,
    cause: error,
  })
}
