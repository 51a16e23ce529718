// dist/: the package as plain JavaScript with types, the migrations, the page and the workflow bundle.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { bundlePage } from './bundle-page.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const DIST = join(ROOT, 'dist')

rmSync(DIST, { recursive: true, force: true })
const tsc = [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'scripts/settings/tsconfig.build.json']
const { status } = spawnSync(process.execPath, tsc, { cwd: ROOT, stdio: 'inherit' })
if (status !== 0) process.exit(status ?? 1)
cpSync(join(ROOT, 'adapters/ledger/migrations'), join(DIST, 'adapters/ledger/migrations'), {
  recursive: true,
})
const page = join(DIST, 'gateway/page/built')
mkdirSync(page, { recursive: true })
for (const [name, bytes] of await bundlePage()) writeFileSync(join(page, name), bytes)
const { buildWorkflowBundle } = await import(pathToFileURL(join(DIST, 'worker/workflow-bundle.js')).href)
writeFileSync(join(DIST, 'workflow-bundle.js'), await buildWorkflowBundle())
console.error('built dist/')
