import { readFileSync } from 'node:fs'
import { PGlite } from '@electric-sql/pglite'

/**
 * The files of an embedded database with nothing in it, as one archive for `serveEmbeddedDatabase`. To make them takes
 * seconds of processor time; to read them takes a fraction of that.
 */
export async function emptyDatabase(): Promise<Blob> {
  const engine = await PGlite.create()
  try {
    return await engine.dumpDataDir('none')
  } finally {
    await engine.close()
  }
}

/** Which release of the engine wrote those files: another one need not read them. */
export function databaseRelease(): string {
  const manifest = new URL('../package.json', import.meta.resolve('@electric-sql/pglite'))
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}
