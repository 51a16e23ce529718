import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** A part of an upload is written to, or sent on, more often than this: idle connections are cut after two minutes. */
const IN_USE_WITHIN_MS = 3_600_000

/**
 * Removes what a gateway that was killed has left in the folder where uploads are cut into parts. Another gateway of the
 * same machine may use that folder right now. Resolves with how many files went.
 */
export async function sweepParts(folder: string, nowMs: number): Promise<number> {
  let removed = 0
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    const found = await stat(path).catch(() => undefined)
    if (found === undefined || found.mtimeMs > nowMs - IN_USE_WITHIN_MS) continue
    await rm(path, { recursive: true, force: true })
    removed += 1
  }
  return removed
}
