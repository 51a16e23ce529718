import { readFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { packageRoot, productVersion } from '../../worker/versions.ts'

/** The package that runs. */
interface OwnPackage {
  /** The folder of its `package.json`. */
  root: string
  /** What a manifest in that folder says to depend on the same package. */
  specifierFrom(folder: string): string
}

/** Where this package lies, and where it came from: a registry, or the tarball that somebody installed. */
export async function ownPackage(): Promise<OwnPackage> {
  const root = resolve(packageRoot() ?? '')
  const tarball = await tarballOf(root)
  return {
    root,
    specifierFrom: (folder) =>
      tarball === undefined ? `^${productVersion()}` : `file:${relative(folder, tarball)}`,
  }
}

/** npm notes in the manifest of a project, one that `npx` makes included, what was installed from a file. */
async function tarballOf(root: string): Promise<string | undefined> {
  const packages = dirname(root)
  if (basename(packages) !== 'node_modules') return undefined
  const project = dirname(packages)
  const text = await readFile(join(project, 'package.json'), 'utf8').catch(() => '{}')
  const { dependencies, devDependencies } = JSON.parse(text) as Record<string, Record<string, string>>
  const specifier = { ...devDependencies, ...dependencies }[basename(root)]
  return specifier?.startsWith('file:') ? resolve(project, specifier.slice('file:'.length)) : undefined
}
