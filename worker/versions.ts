import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

/** The sources lie beside `package.json`, the built package one folder deeper. */
const PLACES = ['../', '../../']

/** The version of this product, from its own package. */
export function productVersion(): string {
  return ownManifest()?.version ?? 'unknown'
}

/** The folder of this package; undefined where its manifest does not lie beside it, as in somebody's bundle. */
export function packageRoot(): string | undefined {
  const own = ownManifest()
  return own && fileURLToPath(own.folder)
}

function ownManifest(): { folder: URL; version: string | undefined } | undefined {
  for (const place of PLACES) {
    const folder = new URL(place, import.meta.url)
    const { name, version } = manifestIn(folder)
    if (name === 'matteflow') return { folder, version }
  }
  return undefined
}

/** The version of the Temporal SDK that runs. */
export function sdkVersion(): string {
  const { version } = createRequire(import.meta.url)('@temporalio/worker/package.json') as { version: string }
  return version
}

function manifestIn(folder: URL): { name?: string; version?: string } {
  try {
    return JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as ReturnType<typeof manifestIn>
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
}
