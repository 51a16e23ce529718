import { execFile } from 'node:child_process'
import { cp, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '../../..')

/** What a project reads of a package. */
export interface Manifest {
  name: string
  version: string
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, { optional?: boolean }>
}

/** Packs both packages into a folder; gives the paths of the tarballs. */
export async function packInto(folder: string): Promise<{ whole: string; client: string }> {
  const { stdout } = await run(process.execPath, [join(ROOT, 'scripts/pack.mjs'), folder], {
    maxBuffer: 64 * 1024 * 1024,
  })
  const [whole = '', client = ''] = stdout.trim().split('\n').slice(-2)
  return { whole, client }
}

/** A project that has a tarball installed, and every package of this checkout beside it. Gives the installed manifest. */
export async function projectWith(folder: string, tarball: string): Promise<Manifest> {
  const manifest = await withPackagesOfCheckout(folder, tarball)
  const own = { type: 'module', private: true, dependencies: { [manifest.name]: `file:${tarball}` } }
  await writeFile(join(folder, 'package.json'), JSON.stringify(own))
  return manifest
}

/**
 * Installs what the manifest of a project names, as its user does, the tarball among it. Where no registry answers, the
 * packages of this checkout stand in for it, and a line says so.
 */
export async function install(folder: string, tarball: string): Promise<void> {
  const options = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']
  try {
    await run('npm', ['install', ...options], { cwd: folder })
  } catch (error) {
    const { stderr } = error as { stderr: string }
    if (!/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTCACHED/.test(stderr)) throw error
    console.warn('no registry answers: the packages of this checkout stand in for what npm would install')
    await rm(join(folder, 'node_modules'), { recursive: true, force: true })
    await withPackagesOfCheckout(folder, tarball)
  }
}

async function withPackagesOfCheckout(folder: string, tarball: string): Promise<Manifest> {
  const packages = join(folder, 'node_modules')
  const manifest = await unpacked(tarball, packages)
  for (const name of await readdir(join(ROOT, 'node_modules')))
    if ((!name.startsWith('.') || name === '.bin') && name !== manifest.name)
      await symlink(join(ROOT, 'node_modules', name), join(packages, name))
  return manifest
}

/**
 * A project that has a tarball installed, and only what npm installs with it: its dependencies and peers, and theirs, as
 * copies of this checkout's, so that no registry is asked. Gives their names.
 */
export async function leanProjectWith(folder: string, tarball: string): Promise<string[]> {
  const packages = join(folder, 'node_modules')
  const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Manifest>
  }
  const manifest = await unpacked(tarball, packages)
  const places = new Set<string>()
  const waiting: [place: string, manifest: Manifest][] = [['', manifest]]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [from, { dependencies, peerDependencies, peerDependenciesMeta }] = next
    const peers = Object.keys(peerDependencies ?? {}).filter(
      (name) => !peerDependenciesMeta?.[name]?.optional,
    )
    for (const name of [...Object.keys(dependencies ?? {}), ...peers]) {
      const place = placeOf(name, from, lock.packages)
      if (place === undefined) throw new Error(`${name} is in no lock file`)
      if (places.has(place)) continue
      places.add(place)
      waiting.push([place, lock.packages[place] as Manifest])
    }
  }
  for (const place of places) await cp(join(ROOT, place), join(folder, place), { recursive: true })
  await writeFile(join(folder, 'package.json'), '{ "type": "module", "private": true }')
  return [...places]
}

/** Bytes of all files beneath a folder, and the names of those that are native code. */
export async function weigh(folder: string): Promise<{ sizeBytes: number; native: string[] }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
  const sizes = await Promise.all(files.map(async (path) => (await stat(path)).size))
  const native = files.filter((path) => /\.(node|so|dylib|dll)$/.test(path))
  return { sizeBytes: sizes.reduce((sum, size) => sum + size, 0), native }
}

/** As Node finds it from there: the nearest folder of packages that has it. */
function placeOf(name: string, from: string, known: Record<string, unknown>): string | undefined {
  for (let at = from; ; at = dirname(at)) {
    const place = join(at === '.' ? '' : at, 'node_modules', name)
    if (known[place] !== undefined) return place
    if (at === '' || at === '.') return undefined
  }
}

/** Puts a tarball where a project finds it. */
export async function unpacked(tarball: string, packages: string): Promise<Manifest> {
  await mkdir(packages, { recursive: true })
  await run('tar', ['xzf', tarball, '-C', packages])
  const manifest = JSON.parse(await readFile(join(packages, 'package/package.json'), 'utf8')) as Manifest
  await rename(join(packages, 'package'), join(packages, manifest.name))
  return manifest
}
