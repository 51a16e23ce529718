// Takes out of a folder of packages what a worker in an image never loads: other platforms' native cores, the compiler
// that bundles workflows (the image has the bundle), types, source maps and read-mes.
import { existsSync, globSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const ARCHITECTURES = new Map([
  ['x64', 'x86_64'],
  ['arm64', 'aarch64'],
])
const UNUSED = [
  '@swc/core-*',
  '**/*.{map,d.ts,d.mts,d.cts,md,markdown,tsbuildinfo}',
  // The sandbox runs the two models in the variant of the runtime that fits Node.
  '@litertjs/core/wasm/*_{compat,jspi,threaded}_*',
  '@mediapipe/selfie_segmentation/*{_bin.*,.binarypb}',
]

const [folder = ''] = process.argv.slice(2)
if (!existsSync(folder)) {
  console.error('usage: trim-packages.mjs <folder of packages>')
  process.exit(2)
}
const cores = join(folder, '@temporalio/core-bridge/releases')
const core = `${ARCHITECTURES.get(process.arch) ?? process.arch}-unknown-linux-gnu`
if (!existsSync(join(cores, core))) throw new Error(`there is no native core for ${core} in ${cores}`)
for (const name of readdirSync(cores)) {
  if (name !== core) rmSync(join(cores, name), { recursive: true })
}
for (const path of globSync(UNUSED, { cwd: folder }))
  rmSync(join(folder, path), { recursive: true, force: true })
