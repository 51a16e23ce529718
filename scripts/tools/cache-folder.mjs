import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * Outside the checkout, so that every clone shares what was built once. A user of a container may have no home
 * folder, or one that it cannot write: then MATTEFLOW_HOME holds the cache as well.
 */
export function cacheFolder() {
  const { XDG_CACHE_HOME, MATTEFLOW_HOME } = process.env
  if (XDG_CACHE_HOME) return join(XDG_CACHE_HOME, 'matteflow')
  const folders = [userHome(), MATTEFLOW_HOME].flatMap((home, index) =>
    home ? [join(home, index === 0 ? '.cache' : 'cache', 'matteflow')] : [],
  )
  const [first] = folders
  if (first === undefined)
    throw new Error('no home folder: set MATTEFLOW_HOME to a folder that this user can write')
  return folders.find(existsSync) ?? folders.find(canBeMade) ?? first
}

function userHome() {
  try {
    return process.env['HOME'] || homedir()
  } catch {
    return undefined
  }
}

/** @param {string} folder */
function canBeMade(folder) {
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}
