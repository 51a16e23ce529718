import { randomUUID } from 'node:crypto'
import { existsSync, openAsBlob } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from '#tools'
import { databaseRelease, emptyDatabase } from '../adapters/ledger/empty-database.ts'
import type { EmbeddedDatabase } from '../adapters/ledger/serve-embedded-database.ts'
import { serveEmbeddedDatabase } from '../adapters/ledger/serve-embedded-database.ts'

/**
 * A database of one's own in memory, with nothing in it, served on 127.0.0.1. Its files are made once on a machine and
 * kept in the cache (40 MB), so that a test starts with one in a second. End it with `close()`.
 */
export async function serveDatabase(): Promise<EmbeddedDatabase> {
  return serveEmbeddedDatabase({ files: await openAsBlob(await emptyFiles()) })
}

async function emptyFiles(): Promise<string> {
  const path = join(cacheFolder(), `empty-database-${databaseRelease()}.tar`)
  if (existsSync(path)) return path
  await mkdir(cacheFolder(), { recursive: true })
  // Several processes may make them at once; each renames whole files into place.
  const partial = `${path}.${randomUUID()}`
  await writeFile(partial, (await emptyDatabase()).stream())
  await rename(partial, path)
  return path
}
