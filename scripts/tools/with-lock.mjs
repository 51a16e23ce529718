import { randomUUID } from 'node:crypto'
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { cacheFolder } from './cache-folder.mjs'
import { ToolMissing } from './tool-missing.mjs'

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
  const lock = join(cacheFolder(), 'locks', name)
  makeFolder(lock)
  let mine = take(lock)
  for (let told = false; mine === undefined; mine = take(lock)) {
    if (!told)
      log(`another process (${ownerOf(lock, highestIn(lock)) ?? 'ending'}) is at ${name}, waiting for it`)
    told = true
    await setTimeout(POLL_MS)
  }
  try {
    return await work()
  } finally {
    free(lock, mine)
  }
}

/** @param {string} folder */
function makeFolder(folder) {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    const waysOut = ['set XDG_CACHE_HOME, or HOME, to a folder that this user can write']
    throw new ToolMissing(`a folder for tools (${folder})`, waysOut, String(error))
  }
}

/**
 * Numbered files, the highest of which names the owner, as follows: who finds nobody alive behind
 * number N links N + 1, and has the lock if that is the highest then. The highest is never removed.
 * @param {string} lock
 * @returns {number | undefined} the number that has the lock
 */
function take(lock) {
  const draft = join(lock, `draft-${randomUUID()}`)
  writeFileSync(draft, String(process.pid))
  try {
    for (;;) {
      const highest = highestIn(lock)
      if (ownerOf(lock, highest) !== undefined) return undefined
      const mine = highest + 1
      if (!isLinked(draft, join(lock, String(mine)))) continue
      const numbers = numbersIn(lock)
      const isHighest = Math.max(...numbers) === mine
      for (const number of isHighest ? numbers.filter((other) => other < mine) : [mine])
        rmSync(join(lock, String(number)), { force: true })
      if (isHighest) return mine
    }
  } finally {
    rmSync(draft, { force: true })
  }
}

/**
 * @param {string} lock
 * @param {number} mine
 */
function free(lock, mine) {
  const draft = join(lock, `draft-${randomUUID()}`)
  writeFileSync(draft, 'nobody')
  renameSync(draft, join(lock, String(mine)))
}

/** @param {string} lock */
function numbersIn(lock) {
  return readdirSync(lock)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

/** @param {string} lock */
function highestIn(lock) {
  return Math.max(0, ...numbersIn(lock))
}

/**
 * @param {string} from
 * @param {string} to
 */
function isLinked(from, to) {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false
    throw error
  }
}

/**
 * The process behind a number; undefined when it is gone, or the file is.
 * @param {string} lock
 * @param {number} number
 */
function ownerOf(lock, number) {
  try {
    const pid = Number(readFileSync(join(lock, String(number)), 'utf8'))
    return pid > 0 && isAlive(pid) ? pid : undefined
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined
    throw error
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
