import { createHash } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { productVersion } from './versions.ts'

/** What runs inside a stack; a change of the command line alone needs no other stack. */
const PARTS = [
  'activities',
  'adapters',
  'client',
  'domain',
  'gateway',
  'local',
  'sandbox',
  'worker',
  'workflows',
]

const ROOT = fileURLToPath(new URL('..', import.meta.url))

let known: Promise<string> | undefined

/**
 * Names this build: the package's version and a digest of when its sources changed. Looked at once, since a process runs the
 * sources that it started with.
 */
export function buildId(): Promise<string> {
  return (known ??= digestOfSources())
}

async function digestOfSources(): Promise<string> {
  const digest = createHash('sha256')
  for (const part of PARTS) {
    const entries = await readdir(join(ROOT, part), { recursive: true, withFileTypes: true }).catch(() => [])
    const files = entries.filter((entry) => entry.isFile() && /\.(ts|js|sql)$/.test(entry.name))
    for (const path of files.map((file) => join(file.parentPath, file.name)).toSorted()) {
      const { size, mtimeMs } = await stat(path)
      digest.update(`${path} ${size} ${mtimeMs}\n`)
    }
  }
  return `${productVersion()}+${digest.digest('hex').slice(0, 12)}`
}
