import { mkdirSync, readFileSync, rmdirSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { cacheFolder } from './cache-folder.mjs'

const POLL_MS = 300

/**
 * Runs `work` while no other process of this machine runs one under the same name; takes over from the dead.
 * @template Result
 * @param {string} name
 * @param {(line: string) => void} log
 * @param {() => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function withLock(name, log, work) {
  const lock = join(cacheFolder(), 'locks', `${name}.lock`)
  mkdirSync(join(cacheFolder(), 'locks'), { recursive: true })
  for (let told = false; !take(lock); await setTimeout(POLL_MS)) {
    const owner = ownerOf(lock)
    if (owner !== undefined && !isAlive(owner)) free(lock)
    else if (!told) {
      told = true
      log(`another process (${owner ?? 'starting'}) is at ${name}, waiting for it`)
    }
  }
  try {
    return await work()
  } finally {
    free(lock)
  }
}

/** @param {string} lock */
function take(lock) {
  try {
    mkdirSync(lock)
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false
    throw error
  }
  writeFileSync(join(lock, 'pid'), String(process.pid))
  return true
}

/** @param {string} lock */
function free(lock) {
  try {
    unlinkSync(join(lock, 'pid'))
    rmdirSync(lock)
  } catch (error) {
    // Another one that found the same dead owner was first.
    if (!['ENOENT', 'ENOTEMPTY'].includes(String(/** @type {NodeJS.ErrnoException} */ (error).code)))
      throw error
  }
}

/** @param {string} lock */
function ownerOf(lock) {
  try {
    return Number(readFileSync(join(lock, 'pid'), 'utf8')) || undefined
  } catch {
    return undefined
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}
