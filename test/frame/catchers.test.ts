import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { REFUSED_CONNECTIONS } from '../system/fault-matrix/refused-connections.ts'
import { SAMPLE } from '../system/fault-matrix/sample.ts'
import { SINGLE_FAULTS } from '../system/fault-matrix/single-faults.ts'
import { ROOT } from './support/temp-tree.ts'

interface Rule {
  rule: string
  /** Files and folders of tests. */
  paths: string[]
  /** Rows of the fault matrix, whole or the beginning or end of one that is shortened by an ellipsis. */
  scenarios: string[]
  /** Files of the crash matrix. */
  crashes: string[]
}

const RULES = rulesOf(readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8'))
const SCENARIOS = [
  ...SINGLE_FAULTS.flatMap(({ rows }) => rows.map(({ name }) => name)),
  ...REFUSED_CONNECTIONS.map(({ name }) => name),
]
const SAMPLED = SCENARIOS.filter((name) => new RegExp(SAMPLE.rows).test(name))
let played: string[] = []

beforeAll(() => {
  // A list of its own: without what this run was told to play.
  const { MATRIX: _matrix, VITEST: _vitest, ...env } = process.env
  const args = ['node_modules/vitest/vitest.mjs', 'list', '--filesOnly', '--json']
  const json = execFileSync(process.execPath, args, { cwd: ROOT, env, encoding: 'utf8' })
  played = (JSON.parse(json) as { file: string }[]).map(({ file }) => file.slice(ROOT.length))
}, 60_000)

describe('a rule of CONTRIBUTING', () => {
  it('is one of many', () => {
    expect(RULES.length).toBeGreaterThan(50)
  })

  it.each(RULES)('is caught by tests that exist: $rule', ({ paths, scenarios, crashes }) => {
    expect([...paths, ...scenarios, ...crashes]).not.toEqual([])
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
    expect(scenarios.filter((name) => !SCENARIOS.some(meant(name)))).toEqual([])
    expect(crashes.filter((name) => crashFile(name) === undefined)).toEqual([])
  })

  it.each(RULES)('is caught by a plain npm test: $rule', ({ paths, scenarios, crashes }) => {
    const caught = [
      ...paths.filter((path) => played.some((file) => file.startsWith(path))),
      ...scenarios.filter((name) => SAMPLED.some(meant(name))),
      ...crashes.filter((name) => played.includes(crashFile(name) ?? '')),
    ]
    expect(caught).not.toEqual([])
  })
})

function rulesOf(text: string): Rule[] {
  const table = text.split('\n').filter((line) => line.startsWith('| '))
  return table.slice(2).map((line) => {
    const [, rule = '', , catchers = ''] = line.split('|').map((cell) => cell.trim())
    const parts = catchers.split(/;|(?=\b(?:fault|crash) matrix:)/)
    const named = (matrix: string) =>
      parts.filter((part) => part.trim().startsWith(`${matrix} matrix:`)).flatMap(quotedIn)
    return {
      rule,
      paths: quotedIn(catchers).filter((name) => name.startsWith('test/')),
      scenarios: named('fault').filter((name) => !name.startsWith('test/')),
      crashes: named('crash').filter((name) => !name.startsWith('test/')),
    }
  })
}

function quotedIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, quoted = '']) => quoted)
}

function meant(name: string): (scenario: string) => boolean {
  if (name.startsWith('… ')) return (scenario) => scenario.endsWith(name.slice(2))
  if (name.endsWith(' …')) return (scenario) => scenario.startsWith(name.slice(0, -2))
  return (scenario) => scenario === name
}

function crashFile(name: string): string | undefined {
  return ['', '.full']
    .map((rung) => `test/system/crash-matrix/${name}${rung}.test.ts`)
    .find((path) => existsSync(join(ROOT, path)))
}
