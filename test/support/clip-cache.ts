import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

const FOLDER = join(import.meta.dirname, '../../node_modules/.cache/matteflow/clips')

/**
 * A file that is made once and kept: `make` fills the path it is given. The recipe's text is the key, so a
 * changed recipe makes a new file. Test files that run side by side may make the same one: the last wins.
 */
export async function cachedFile(
  name: string,
  recipe: string,
  make: (path: string) => Promise<void>,
): Promise<string> {
  const key = createHash('sha256').update(recipe).digest('hex').slice(0, 12)
  const folder = join(FOLDER, key)
  const path = join(folder, name)
  if (existsSync(path)) return path
  await mkdir(folder, { recursive: true })
  // The name stays last: ffmpeg chooses the container by its extension.
  const partial = join(folder, `${randomUUID()}-${name}`)
  try {
    await make(partial)
    await rename(partial, path)
  } finally {
    await rm(partial, { force: true })
  }
  return path
}
