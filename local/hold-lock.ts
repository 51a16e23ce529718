import { randomUUID } from 'node:crypto'
import { link, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { RemovalFailure } from '../domain/removal-failure.ts'
import type { ProcessMark } from './process-mark.ts'
import { isRunning, markProcess } from './process-mark.ts'
import { readJson } from './write-json.ts'

export interface Lock {
  release(): Promise<void>
}

/** Takes a lock file for this process; null while another living process has it. A dead owner's is taken over. */
export async function holdLock(path: string): Promise<Lock | null> {
  await mkdir(dirname(path), { recursive: true })
  const mine = await markProcess(process.pid)
  const draft = `${path}.${randomUUID()}`
  await writeFile(draft, JSON.stringify(mine), { mode: 0o600 })
  try {
    // A link appears with its content and never replaces: exactly one of several contenders succeeds.
    while (!(await linked(draft, path))) {
      if ((await lockOwner(path)) !== null) return null
      await setAside(path)
    }
  } finally {
    await rm(draft, { force: true })
  }
  return { release: () => rm(path, { force: true }) }
}

/** Who holds a lock; null when nobody alive does. */
export async function lockOwner(path: string): Promise<ProcessMark | null> {
  const owner = await readJson<ProcessMark>(path)
  return owner !== null && (await isRunning(owner)) ? owner : null
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw new RemovalFailure('PlatformUnavailable', `the lock ${to} cannot be written: ${String(error)}`, {
      cause: error,
    })
  }
}

async function setAside(path: string): Promise<void> {
  const aside = `${path}.stale-${randomUUID()}`
  try {
    await rename(path, aside)
  } catch {
    return
  }
  // Somebody may have taken over between the look and the move: then the lock is given back.
  if ((await lockOwner(aside)) !== null) await linked(aside, path)
  await rm(aside, { force: true })
}
