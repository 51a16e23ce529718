import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TempTree } from './support/temp-tree.ts'
import { createTempTree, ROOT } from './support/temp-tree.ts'

const BROKEN = [
  {
    what: 'a floating promise',
    rule: 'no-floating-promises',
    file: 'cli/floats.ts',
    text: 'export function begin(work: () => Promise<void>): void {\n  work()\n}\n',
  },
  {
    what: 'a call of an activity that nobody awaits',
    rule: 'no-floating-promises',
    file: 'workflows/forgets.ts',
    text: `import { proxyActivities } from '@temporalio/workflow'

interface Activities {
  settle(): Promise<void>
}
const { settle } = proxyActivities<Activities>({ startToCloseTimeout: '1m' })

export async function forget(): Promise<void> {
  settle()
}
`,
  },
  {
    what: 'a promise where a plain answer is expected',
    rule: 'no-misused-promises',
    file: 'cli/misuses.ts',
    text: 'export function pick(work: () => Promise<boolean>): number {\n  return work() ? 1 : 2\n}\n',
  },
  {
    what: 'a failure that is no error',
    rule: 'only-throw-error',
    file: 'cli/throws.ts',
    text: "export function fail(): never {\n  throw 'no'\n}\n",
  },
  {
    what: 'a switch that forgets a case',
    rule: 'switch-exhaustiveness-check',
    file: 'cli/switches.ts',
    text: "export function say(side: 'left' | 'right'): string {\n  switch (side) {\n    case 'left':\n      return 'l'\n  }\n  return ''\n}\n",
  },
  {
    what: 'a Node builtin in a workflow',
    rule: 'no-nodejs-modules',
    file: 'workflows/reads.ts',
    text: "import { readFileSync } from 'node:fs'\n\nexport const text = () => readFileSync('x', 'utf8')\n",
  },
  {
    what: 'a Node builtin in the domain',
    rule: 'no-nodejs-modules',
    file: 'domain/hashes.ts',
    text: "import { createHash } from 'node:crypto'\n\nexport const hash = () => createHash('sha256')\n",
  },
  {
    what: 'fetch in a workflow',
    rule: 'no-restricted-globals',
    file: 'workflows/fetches.ts',
    text: "export const answer = async () => (await fetch('https://example.com')).status\n",
  },
  {
    what: 'the environment in a workflow',
    rule: 'no-restricted-globals',
    file: 'workflows/asks.ts',
    text: "export const level = () => process.env['LOG_LEVEL']\n",
  },
  {
    what: 'a type among the values of an import',
    rule: 'consistent-type-specifier-style',
    file: 'cli/mixes.ts',
    text: "import { type Stats, statSync } from 'node:fs'\n\nexport const stats = (): Stats => statSync('.')\n",
  },
  {
    what: 'a type imported as a value',
    rule: 'consistent-type-imports',
    file: 'cli/pretends.ts',
    text: "import { Stats } from 'node:fs'\n\nexport const size = (stats: Stats): number => stats.size\n",
  },
  {
    what: 'a default export',
    rule: 'no-default-export',
    file: 'cli/defaults.ts',
    text: 'export default function begin(): number {\n  return 1\n}\n',
  },
  {
    what: 'any',
    rule: 'no-explicit-any',
    file: 'cli/gives-up.ts',
    text: 'export const same = (value: any): unknown => value\n',
  },
]
const FINE = [
  {
    what: 'an awaited activity',
    file: 'workflows/awaits.ts',
    text: BROKEN[1]!.text.replace('{\n  settle()\n', '{\n  await settle()\n'),
  },
  {
    what: 'fetch and Node outside of workflows',
    file: 'worker/fetches.ts',
    text: `import type { Stats } from 'node:fs'
import { statSync } from 'node:fs'

export const stats = (): Stats => statSync('.')
export const answer = async (): Promise<number> => (await fetch('https://example.com')).status
`,
  },
]

let tree: TempTree
let found: { code?: string; message: string; filename: string }[] = []

beforeAll(() => {
  tree = createTempTree(Object.fromEntries([...BROKEN, ...FINE].map(({ file, text }) => [file, text])), [
    '.oxlintrc.json',
  ])
  const oxlint = join(ROOT, 'node_modules/oxlint/bin/oxlint')
  const { stdout, stderr } = spawnSync(process.execPath, [oxlint, '--type-aware', '--format', 'json'], {
    cwd: tree.path,
    encoding: 'utf8',
  })
  if (!stdout.startsWith('{')) throw new Error(`${stdout}${stderr}`)
  found = JSON.parse(stdout).diagnostics
}, 60_000)

afterAll(() => tree.remove())

const rulesBrokenBy = (file: string) =>
  found
    .filter(({ filename }) => filename === file)
    .map(({ code, message }) => (code ?? message).replace(/^.*\((.*)\)$/, '$1'))

describe('the linter', () => {
  it.each(BROKEN)('refuses $what', ({ rule, file }) => {
    expect(rulesBrokenBy(file)).toContain(rule)
  })

  it.each(FINE)('allows $what', ({ file }) => {
    expect(rulesBrokenBy(file)).toEqual([])
  })
})
