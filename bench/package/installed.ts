import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** What npm made of one install. */
interface Installed {
  seconds: number
  packages: number
  megabytes: number
}

/** Installs a package into an empty project, from npm's cache where that has it. */
export async function installedInto(folder: string, what: string): Promise<Installed> {
  await mkdir(folder)
  await writeFile(join(folder, 'package.json'), '{ "private": true }')
  const begun = performance.now()
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', what], { cwd: folder })
  const seconds = (performance.now() - begun) / 1_000
  const lock = JSON.parse(await readFile(join(folder, 'node_modules/.package-lock.json'), 'utf8')) as {
    packages: object
  }
  const entries = await readdir(join(folder, 'node_modules'), { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const sizes = await Promise.all(
    files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size),
  )
  const bytes = sizes.reduce((sum, size) => sum + size, 0)
  return { seconds, packages: Object.keys(lock.packages).length, megabytes: bytes / 1_000_000 }
}
