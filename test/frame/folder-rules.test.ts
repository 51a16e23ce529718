import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import config, { LAYERS, OUTSIDE } from '../../scripts/settings/dependency-cruiser.mjs'
import type { TempTree } from './support/temp-tree.ts'
import { createTempTree, ROOT } from './support/temp-tree.ts'

const SETTINGS = 'scripts/settings/dependency-cruiser.mjs'
const FOLDERS = [...LAYERS, ...OUTSIDE]
const RULES = (config.forbidden ?? []).map(({ name = '' }) => name)
/** What every broken rule points at: harmless by itself. */
const TARGETS = [
  ...FOLDERS.map((folder) => `${folder}/target.ts`),
  'gateway/page/browser/target.ts',
  'domain/target.schema.ts',
  'adapters/removebgvideo/webhook-signature.ts',
  'workflows/messages.ts',
]

interface Violation {
  rule: string
  /** The importing file; each is named in one row only. */
  file: string
  imports: string
  asType?: true
}

const broken = (rule: string, file: string, imports: string): Violation => ({ rule, file, imports })

/** The rules made for each folder alike, broken by an import of the top layer and of a package for the top layer. */
const edges = RULES.flatMap((rule) => {
  const [, folder = '', kind] = /^([a-z/]+)-(imports-only|uses-only)-/.exec(rule) ?? []
  if (kind === undefined) return []
  const file = `${folder}/breaks-${kind}.ts`
  const up = folder.includes('/') ? '../..' : '..'
  return [broken(rule, file, kind === 'uses-only' ? 'commander' : `${up}/cli/target.ts`)]
})

const VIOLATIONS: Violation[] = [
  ...edges,
  broken('domain-without-node', 'domain/reads-files.ts', 'node:fs'),
  broken('domain-zod-in-schema-files', 'domain/uses-zod.ts', 'zod'),
  broken('domain-schemas-behind-schema-files', 'domain/parses.ts', './target.schema.ts'),
  broken('workflows-without-node', 'workflows/reads-files.ts', 'node:fs'),
  broken('workflows-activities-as-types', 'workflows/calls-activity.ts', '../activities/target.ts'),
  broken('workflows-schemas-as-types', 'workflows/parses.ts', '../domain/target.schema.ts'),
  broken('client-workflows-as-types', 'client/calls-workflow.ts', '../workflows/target.ts'),
  broken(
    'page-stands-on-the-domain-alone',
    'gateway/page/browser/calls-client.ts',
    '../../../client/target.ts',
  ),
  broken('page-without-node', 'gateway/page/browser/reads-files.ts', 'node:fs'),
  broken('page-is-bundled-alone', 'gateway/imports-page.ts', './page/browser/target.ts'),
  broken('gateway-vendor-only-callbacks', 'gateway/calls-vendor.ts', '../adapters/removebgvideo/target.ts'),
  broken('worker-only-below', 'worker/looks-up.ts', '../local/target.ts'),
  broken('local-only-below', 'local/looks-up.ts', '../cli/target.ts'),
  broken('testing-only-below', 'testing/looks-up.ts', '../cli/target.ts'),
  broken('environment-only-from-roots', 'activities/reads-config.ts', '../adapters/environment/target.ts'),
  broken('no-cycles', 'cli/chicken.ts', './egg.ts'),
  broken('nothing-imports-tests', 'cli/leans-on-tests.ts', '../test/target.ts'),
  broken('nothing-imports-benchmarks', 'cli/leans-on-benchmarks.ts', '../bench/target.ts'),
  broken('scripts-stand-alone', 'scripts/leans-on-sources.ts', '../domain/target.ts'),
  broken('sources-live-in-known-folders', 'elsewhere/stray.ts', '../domain/target.ts'),
  broken('imports-exist', 'cli/imports-nothing.ts', './missing.ts'),
  broken('shipped-code-uses-shipped-packages', 'cli/uses-tests.ts', 'vitest'),
]
const LONE = { rule: 'no-orphans-outside-known-folders', file: 'elsewhere/lone.ts' }
/** An edge made of types is an edge all the same. */
const TYPE_EDGES: Violation[] = [
  {
    rule: 'domain-imports-only-itself',
    file: 'domain/types-up.ts',
    imports: '../adapters/removebgvideo/target.ts',
    asType: true,
  },
  { rule: 'no-cycles', file: 'cli/chicken-types.ts', imports: './egg-types.ts', asType: true },
]
const ALLOWED: (Omit<Violation, 'rule'> & { why: string })[] = [
  { why: 'activities as types', file: 'workflows/fine.ts', imports: '../activities/target.ts', asType: true },
  { why: 'workflows as types', file: 'client/fine.ts', imports: '../workflows/target.ts', asType: true },
  { why: 'the messages of workflows', file: 'client/fine-messages.ts', imports: '../workflows/messages.ts' },
  { why: 'zod in a schema file', file: 'domain/fine.schema.ts', imports: 'zod' },
  {
    why: 'the webhook signature',
    file: 'gateway/fine.ts',
    imports: '../adapters/removebgvideo/webhook-signature.ts',
  },
  {
    why: 'the configuration in a root',
    file: 'worker/fine.ts',
    imports: '../adapters/environment/target.ts',
  },
  { why: 'sources in a test', file: 'test/fine.ts', imports: '../cli/target.ts' },
]

const line = ({ imports, asType }: { imports: string; asType?: true }) =>
  asType ? `export type { Target } from '${imports}'\n` : `export * from '${imports}'\n`

let tree: TempTree
let found: { from: string; rule: { name: string } }[] = []

beforeAll(() => {
  const files = {
    ...Object.fromEntries(
      TARGETS.map((path) => [path, 'export interface Target { id: string }\nexport const target = 1\n']),
    ),
    ...Object.fromEntries([...VIOLATIONS, ...TYPE_EDGES, ...ALLOWED].map((row) => [row.file, line(row)])),
    'cli/egg.ts': "export * from './chicken.ts'\n",
    'cli/egg-types.ts': "export type { Target } from './chicken-types.ts'\n",
    [LONE.file]: 'export const lone = 1\n',
  }
  tree = createTempTree(files, [SETTINGS])
  const cruiser = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')
  const args = [cruiser, '.', '--config', SETTINGS, '--output-type', 'json']
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: tree.path,
    encoding: 'utf8',
    maxBuffer: 1e9,
  })
  if (stdout === '') throw new Error(stderr)
  found = JSON.parse(stdout).summary.violations
}, 60_000)

afterAll(() => tree.remove())

const rulesBrokenBy = (file: string) => [
  ...new Set(found.filter(({ from }) => from === file).map(({ rule }) => rule.name)),
]

describe('a folder rule', () => {
  it.each(VIOLATIONS)('$rule refuses $file → $imports', ({ rule, file }) => {
    expect(rulesBrokenBy(file)).toEqual([rule])
  })

  it.each(TYPE_EDGES)('$rule refuses the types of $file → $imports', ({ rule, file }) => {
    expect(rulesBrokenBy(file)).toEqual([rule])
  })

  it('refuses a lone file outside the known folders', () => {
    expect(rulesBrokenBy(LONE.file)).toContain(LONE.rule)
  })

  it.each(ALLOWED)('allows $why', ({ file }) => {
    expect(rulesBrokenBy(file)).toEqual([])
  })

  it('is broken here on purpose, whichever it is', () => {
    const seen = new Set([...VIOLATIONS, LONE].map(({ rule }) => rule))
    expect(RULES.filter((rule) => !seen.has(rule))).toEqual([])
  })
})
