import { readFile } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import { beforeAll, describe, expect, it } from 'vitest'
import { workflowBundlePath } from '../../worker/workflow-bundle.ts'

/**
 * Every cached workflow holds the heap of the bundle's code, 0.71 MB today. The inlined source map is left out: its size
 * depends on the path of the checkout.
 */
const MOST_BYTES = 750_000

/** What the workflow SDK is made of, and what it brings. */
const SDK = /^(@temporalio\/(workflow|common|proto)|long|ms|nexus-rpc)$/
/** The source map at the end of the code. */
const SOURCE_MAP = /sourceMappingURL=data:application\/json;[^,]*base64,([A-Za-z0-9+/=]+)/

let bundle: string
let modules: string[]

beforeAll(async () => {
  bundle = await readFile(await workflowBundlePath(), 'utf8')
  modules = sourcesOf(bundle)
}, 60_000)

describe('the workflow bundle', () => {
  it('stays small enough to be cached by the hundred', () => {
    const code = bundle.replace(SOURCE_MAP, '')
    expect(code.length).toBeLessThan(bundle.length)
    expect(Buffer.byteLength(code)).toBeLessThan(MOST_BYTES)
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
  const map = SOURCE_MAP.exec(code)?.[1] ?? ''
  return (JSON.parse(Buffer.from(map, 'base64').toString('utf8')) as { sources: string[] }).sources
}
