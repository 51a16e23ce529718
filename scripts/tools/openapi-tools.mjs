import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheFolder } from './cache-folder.mjs'
import { findOnPath, isExecutable } from './find-on-path.mjs'
import { runCommand } from './run-command.mjs'
import { ToolMissing } from './tool-missing.mjs'
import { withLock } from './with-lock.mjs'

const NAME = 'openapi-tools'
const REQUIREMENTS = fileURLToPath(new URL('../openapi-tools/requirements.txt', import.meta.url))
const INSTALL_WITHIN_MS = 300_000

/** Other versions are another folder. */
function home() {
  const hash = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex')
  return join(cacheFolder(), `${NAME}-${hash.slice(0, 12)}`)
}

/** @param {string} folder */
const toolsIn = (folder) => ({
  python: join(folder, 'bin', 'python'),
  schemathesis: join(folder, 'bin', 'schemathesis'),
  generateClient: join(folder, 'bin', 'openapi-python-client'),
})

export async function findOpenApiTools() {
  const tools = toolsIn(home())
  // Written last: what was broken off in the middle is no tool.
  return isExecutable(join(home(), 'bin', 'complete')) ? tools : undefined
}

/**
 * Schemathesis and a generator of Python clients in an environment of their own, of the versions that are pinned.
 * @param {{ log?: (line: string) => void }} [options]
 */
export async function ensureOpenApiTools({ log = console.error } = {}) {
  const found = await findOpenApiTools()
  if (found) return found
  return withLock(NAME, log, async () => {
    const again = await findOpenApiTools()
    if (again) return again
    log('installing what tries the OpenAPI document, with pip (once, about half a minute)')
    const problem = await install(log)
    const installed = await findOpenApiTools()
    if (installed) return installed
    throw new ToolMissing(
      'schemathesis',
      ['install Python 3.10 or later with its modules venv and pip'],
      problem,
    )
  })
}

/** @param {(line: string) => void} log */
async function install(log) {
  const python = findOnPath('python3')
  if (!python) return 'python3 is not on PATH'
  // Its programs name their interpreter by its path, so that it is made in its place.
  rmSync(home(), { recursive: true, force: true })
  mkdirSync(cacheFolder(), { recursive: true })
  const steps = [
    { command: python, args: ['-m', 'venv', home()] },
    {
      command: toolsIn(home()).python,
      args: ['-m', 'pip', 'install', '--quiet', '--no-deps', '--only-binary', ':all:', '-r', REQUIREMENTS],
    },
  ]
  for (const { command, args } of steps) {
    const { code, output } = await runCommand(command, args, {
      ...{ log, doing: 'installing Python packages', timeoutMs: INSTALL_WITHIN_MS },
    })
    if (code !== 0) return output
  }
  const mark = join(home(), 'bin', 'complete')
  writeFileSync(`${mark}.part`, '', { mode: 0o755 })
  renameSync(`${mark}.part`, mark)
  return ''
}
