import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheFolder } from './cache-folder.mjs'
import { findOnPath, isExecutable } from './find-on-path.mjs'
import { runCommand } from './run-command.mjs'
import { ToolMissing } from './tool-missing.mjs'
import { withLock } from './with-lock.mjs'

const INSTALL_WITHIN_MS = 300_000

/**
 * Programs in Python that tests need, in an environment of their own: of the versions that `requirements.txt` of the folder
 * of this name under `scripts/` pins.
 * @param {{ name: string, title: string }} tools
 * @returns {{
 *   find: () => Promise<string | undefined>,
 *   ensure: (options?: { log?: (line: string) => void }) => Promise<string>,
 * }} both give the folder of the programs
 */
export function createPythonTools({ name, title }) {
  const requirements = fileURLToPath(new URL(`../${name}/requirements.txt`, import.meta.url))
  // Other versions are another folder.
  const home = () => {
    const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex')
    return join(cacheFolder(), `${name}-${hash.slice(0, 12)}`)
  }
  // Written last: what was broken off in the middle is no tool.
  const find = async () => (isExecutable(join(home(), 'bin', 'complete')) ? join(home(), 'bin') : undefined)
  return {
    find,
    async ensure({ log = console.error } = {}) {
      const found = await find()
      if (found) return found
      return withLock(name, log, async () => {
        const again = await find()
        if (again) return again
        log(`installing ${title}, with pip (once, about half a minute)`)
        const problem = await install(home(), requirements, log)
        const installed = await find()
        if (installed) return installed
        throw new ToolMissing(title, ['install Python 3.10 or later with its modules venv and pip'], problem)
      })
    },
  }
}

/**
 * @param {string} home
 * @param {string} requirements
 * @param {(line: string) => void} log
 */
async function install(home, requirements, log) {
  const python = findOnPath('python3')
  if (!python) return 'python3 is not on PATH'
  // Its programs name their interpreter by its path, so that it is made in its place.
  rmSync(home, { recursive: true, force: true })
  mkdirSync(cacheFolder(), { recursive: true })
  const steps = [
    { command: python, args: ['-m', 'venv', home] },
    {
      command: join(home, 'bin', 'python'),
      args: ['-m', 'pip', 'install', '--quiet', '--no-deps', '--only-binary', ':all:', '-r', requirements],
    },
  ]
  for (const { command, args } of steps) {
    const { code, output } = await runCommand(command, args, {
      ...{ log, doing: 'installing Python packages', timeoutMs: INSTALL_WITHIN_MS },
    })
    if (code !== 0) return output
  }
  const mark = join(home, 'bin', 'complete')
  writeFileSync(`${mark}.part`, '', { mode: 0o755 })
  renameSync(`${mark}.part`, mark)
  return ''
}
