import { readFile } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import { beforeAll, describe, expect, it } from 'vitest'
import { workflowBundlePath } from '../../worker/workflow-bundle.ts'

/** Every cached workflow holds the bundle's heap: zod alone would add a megabyte (1.79 MB with its source map today). */
const MOST_BYTES = 2_100_000

/** What the workflow SDK is made of, and what it brings. */
const SDK = /^(@temporalio\/(workflow|common|proto)|long|ms|nexus-rpc)$/

let bundle: string
let modules: string[]

beforeAll(async () => {
  bundle = await readFile(await workflowBundlePath(), 'utf8')
  modules = sourcesOf(bundle)
}, 60_000)

describe('the workflow bundle', () => {
  it('stays small enough to be cached by the hundred', () => {
    expect(Buffer.byteLength(bundle)).toBeLessThan(MOST_BYTES)
  })

  it('holds our workflows and no schema, client or activity', () => {
    const ours = modules.filter((path) => !path.includes('node_modules'))
    expect(ours.some((path) => path.endsWith('workflows/remove-background.ts'))).toBe(true)
    expect(ours.filter((path) => path.includes('.schema.'))).toEqual([])
    expect(ours.filter((path) => /\/(activities|vendor|ledger|storage|client|worker)\//.test(path))).toEqual(
      [],
    )
  })

  it('holds of npm only the Temporal workflow SDK and what that brings', () => {
    const packages = new Set(
      modules.flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
    )
    expect([...packages].filter((name) => !SDK.test(name))).toEqual([])
  })

  it('asks for nothing of Node', () => {
    const asked = [...bundle.matchAll(/require\("(?:node:)?([a-z_/]+)"\)/g)].map(([, name]) => name ?? '')
    expect(asked.filter((name) => builtinModules.includes(name))).toEqual([])
    expect(modules.filter((path) => /(^|[^a-z])node:[a-z]/.test(path))).toEqual([])
  })
})

/** The module paths in the inlined source map. */
function sourcesOf(code: string): string[] {
  const map = /sourceMappingURL=data:application\/json;[^,]*base64,([A-Za-z0-9+/=]+)/.exec(code)?.[1] ?? ''
  return (JSON.parse(Buffer.from(map, 'base64').toString('utf8')) as { sources: string[] }).sources
}
