import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readJson } from './json-file.ts'
import type { ProcessIdentity } from './process-identity.ts'
import { isRunning } from './process-identity.ts'

/** Locks of builds before 2026-11-29: folders of numbered files, the highest of which names the owner. */
const OLDER_LOCKS = ['stack.lock', 'books.lock']

/** The living process of an older build that has this home, since it knows nothing of the lock of today's. */
export async function olderOwner(home: string): Promise<ProcessIdentity | null> {
  for (const folder of OLDER_LOCKS.map((name) => join(home, name))) {
    const names = await readdir(folder).catch(() => [])
    const highest = Math.max(0, ...names.filter((name) => /^\d+$/.test(name)).map(Number))
    const identity = await readJson<ProcessIdentity>(join(folder, String(highest)))
    if (identity !== null && (await isRunning(identity))) return identity
  }
  return null
}
