import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/** The version of this product, from its own package. */
export function productVersion(): string {
  return (
    versionIn(new URL('../package.json', import.meta.url)) ??
    versionIn(new URL('../../package.json', import.meta.url)) ??
    'unknown'
  )
}

/** The version of the Temporal SDK that runs. */
export function sdkVersion(): string {
  const { version } = createRequire(import.meta.url)('@temporalio/worker/package.json') as { version: string }
  return version
}

/** The sources lie beside `package.json`, the built package one folder deeper. */
function versionIn(url: URL): string | undefined {
  try {
    const { name, version } = JSON.parse(readFileSync(url, 'utf8')) as { name?: string; version?: string }
    return name === 'matteflow' ? version : undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
