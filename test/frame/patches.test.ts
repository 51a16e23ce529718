import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { productVersion } from '../../worker/versions.ts'
import { PATCHES } from '../../workflows/patches.ts'
import { ROOT } from './support/temp-tree.ts'

const ROWS = Object.entries(PATCHES)
const SOURCES = readdirSync(join(ROOT, 'workflows'))
  .filter((name) => name !== 'patches.ts')
  .map((name) => readFileSync(join(ROOT, 'workflows', name), 'utf8'))
  .join('\n')

/** Negative, zero or positive as the left release comes before, is, or comes after the right one. */
function compareReleases(left: string, right: string): number {
  const [ours, theirs] = [left, right].map((version) => version.split('.').map(Number))
  const at = ours?.findIndex((part, index) => part !== theirs?.[index]) ?? -1
  return at < 0 ? 0 : (ours?.[at] ?? 0) - (theirs?.[at] ?? 0)
}

const staleIn = (version: string): string[] =>
  ROWS.filter(([, { until }]) => compareReleases(version, until) >= 0).map(([name]) => name)

describe('the patches of the workflow', () => {
  it('are removed by the release that may remove them', () => {
    expect(staleIn(productVersion())).toEqual([])
  })

  it('are found stale in that release, and not before', () => {
    expect(staleIn('0.4.0')).toEqual(ROWS.filter(([, { until }]) => until === '0.4.0').map(([name]) => name))
    expect(staleIn('0.3.9')).toEqual([])
    expect(staleIn('0.10.0')).toEqual(ROWS.map(([name]) => name))
  })

  it('are each asked for, by their row alone', () => {
    const asked = [...SOURCES.matchAll(/\bpatched\(([^)]*)\)/g)].map(([, argument]) => argument)

    expect(new Set(asked)).toEqual(new Set(ROWS.map(([name]) => `PATCHES.${name}.id`)))
  })

  it('have ids of their own and outlive the release that brought them', () => {
    expect(new Set(ROWS.map(([, { id }]) => id)).size).toBe(ROWS.length)
    for (const [, { since, until }] of ROWS) expect(compareReleases(since, until)).toBeLessThan(0)
  })
})
