// The two tarballs: `matteflow`, and `matteflow-client` for services that only start removals. Nothing of the work tree
// changes: `node scripts/pack.mjs [folder]` puts them there, and prints their paths.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from './build.mjs'
import { importClosure } from './package/import-closure.mjs'
import { clientManifest, publishedManifest } from './package/published-manifest.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
// Below `node_modules`, so that what is built finds its packages.
const STAGE = join(ROOT, `node_modules/.cache/matteflow/pack-${process.pid}`)

const destination = resolve(process.argv[2] ?? '.')
mkdirSync(destination, { recursive: true })
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
try {
  console.log(await packWhole())
  console.log(packClient())
} finally {
  rmSync(STAGE, { recursive: true, force: true })
}

async function packWhole() {
  const folder = join(STAGE, 'matteflow')
  const dist = join(folder, 'dist')
  await build(dist)
  const { stdout } = npm(ROOT, ['pack', '--dry-run', '--json', '--ignore-scripts'])
  /** @type {{ path: string }[]} */
  const files = JSON.parse(stdout)[0].files
  for (const { path } of files) if (!path.startsWith('dist/')) copy(path, folder)
  return packed(folder, publishedManifest(manifest))
}

function packClient() {
  const from = join(STAGE, 'matteflow')
  const folder = join(STAGE, 'matteflow-client')
  const { files, packages } = importClosure(join(from, 'dist/client/index.js'))
  for (const path of files) cpSync(path, join(folder, relative(from, path)))
  copy('LICENSE', folder)
  cpSync(join(ROOT, 'client/README.md'), join(folder, 'README.md'))
  return packed(folder, clientManifest(manifest, packages))
}

/**
 * @param {string} path
 * @param {string} folder
 */
function copy(path, folder) {
  cpSync(join(ROOT, path), join(folder, path))
}

/**
 * @param {string} folder
 * @param {Record<string, unknown>} published
 */
function packed(folder, published) {
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(published, null, 2)}\n`)
  const { stdout } = npm(folder, ['pack', '--json', '--ignore-scripts', '--pack-destination', destination])
  return join(destination, JSON.parse(stdout)[0].filename)
}

/**
 * @param {string} cwd
 * @param {string[]} args
 */
function npm(cwd, args) {
  const run = spawnSync('npm', args, { cwd, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  if (run.status !== 0) throw new Error(`npm ${args[0]}: ${run.stderr}`)
  return run
}
