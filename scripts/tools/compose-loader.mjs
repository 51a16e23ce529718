import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheFolder } from './cache-folder.mjs'
import { isExecutable } from './find-on-path.mjs'
import { goBuild } from './go-build.mjs'
import { ToolMissing } from './tool-missing.mjs'
import { withLock } from './with-lock.mjs'

const NAME = 'compose-loader'
const MODULE = fileURLToPath(new URL('../compose-loader', import.meta.url))

const cached = () => join(home(), NAME)

/** A change of its sources is another build. */
function home() {
  const hash = createHash('sha256')
  for (const file of readdirSync(MODULE).sort()) hash.update(readFileSync(join(MODULE, file)))
  return join(cacheFolder(), `${NAME}-${hash.digest('hex').slice(0, 12)}`)
}

export async function findComposeLoader() {
  return isExecutable(cached()) ? cached() : undefined
}

/**
 * What reads a compose file as `docker compose` does: our cache, else the Go toolchain.
 * @param {{ log?: (line: string) => void }} [options]
 */
export async function ensureComposeLoader({ log = console.error } = {}) {
  const found = await findComposeLoader()
  if (found) return found
  return withLock(NAME, log, async () => {
    const again = await findComposeLoader()
    if (again) return again
    log('building the loader of compose files with Go (once, about 20 seconds)')
    const problem = await goBuild({ module: MODULE, what: '.', home: home(), name: NAME }, log)
    if (isExecutable(cached())) return cached()
    throw new ToolMissing('the loader of compose files', ['install Go 1.24 or later'], problem)
  })
}
