// The package as plain JavaScript with types, the migrations, the page and the workflow bundle; into `dist/` where it is
// run by itself.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { bundlePage } from './bundle-page.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** @param {string} dist */
export async function build(dist) {
  rmSync(dist, { recursive: true, force: true })
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
  const settings = ['-p', 'scripts/settings/tsconfig.build.json', '--outDir', dist]
  const { status } = spawnSync(process.execPath, [tsc, ...settings], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
  })
  if (status !== 0) throw new Error('the package does not compile')
  cpSync(join(ROOT, 'adapters/ledger/migrations'), join(dist, 'adapters/ledger/migrations'), {
    recursive: true,
  })
  const page = join(dist, 'gateway/page/built')
  mkdirSync(page, { recursive: true })
  for (const [name, bytes] of await bundlePage()) writeFileSync(join(page, name), bytes)
  const { buildWorkflowBundle } = await import(pathToFileURL(join(dist, 'worker/workflow-bundle.js')).href)
  writeFileSync(join(dist, 'workflow-bundle.js'), await buildWorkflowBundle())
  console.error(`built ${dist}`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build(join(ROOT, 'dist'))
