import { homedir } from 'node:os'
import { join } from 'node:path'

/** Outside the checkout, so that every clone shares what was built once. */
export function cacheFolder() {
  return join(process.env['XDG_CACHE_HOME'] || join(process.env['HOME'] || homedir(), '.cache'), 'matteflow')
}
