import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * The first executable of one of these names on PATH.
 * @param {...string} names
 * @returns {string | undefined}
 */
export function findOnPath(...names) {
  for (const name of names) {
    for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
      const path = join(folder || '.', name)
      if (isExecutable(path)) return path
    }
  }
  return undefined
}

/** @param {string} path */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
