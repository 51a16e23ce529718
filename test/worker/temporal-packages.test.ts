import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const LOCK = join(import.meta.dirname, '../../package-lock.json')

describe('the packages of the Temporal SDK', () => {
  it('are there once each, all of one version', async () => {
    const lock = JSON.parse(await readFile(LOCK, 'utf8')) as { packages: Record<string, { version: string }> }
    const installed = Object.entries(lock.packages).filter(([path]) => /@temporalio\/[^/]+$/.test(path))
    const names = installed.map(([path]) => path.slice(path.lastIndexOf('@temporalio/')))

    // Two copies make errors and symbols that are not the same, and fail subtly.
    expect(names.toSorted()).toEqual([...new Set(names)].toSorted())
    expect(new Set(installed.map(([, { version }]) => version)).size).toBe(1)
    expect(names).toContain('@temporalio/worker')
  })
})
