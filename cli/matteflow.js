#!/usr/bin/env node
// Plain JavaScript for any Node: it finds one that can run the rest.
import { existsSync } from 'node:fs'
import module from 'node:module'
import { fileURLToPath } from 'node:url'
import { endWithNpm } from './end-with-npm.js'
import { runInstead } from './run-instead.js'

const at = (/** @type {string} */ path) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const canRun = major > 22 || (major === 22 && minor >= 18)

if (existsSync(at('cli/main.ts')) && !existsSync(at('node_modules/@temporalio'))) {
  const status = await runInstead([process.execPath, at('scripts/setup.mjs'), 'packages'], [0, 2, 2])
  if (status !== 0) process.exit(status)
}

// These stay in the foreground with all that they have started; what a command leaves in the background outlives its npm.
if (['dev', 'demo'].includes(process.argv[2] ?? '')) endWithNpm()

if (canRun) await run()
else await runWithOwnNode()

async function run() {
  module.enableCompileCache?.()
  const source = at('cli/main.ts')
  await import(existsSync(source) ? source : at('dist/cli/main.js'))
}

async function runWithOwnNode() {
  const node = at('node_modules/node/bin/node')
  if (!existsSync(node)) {
    console.error(
      `matteflow needs Node 22.18 or later, this is ${process.version}: install it, or run "npm ci" first`,
    )
    process.exit(1)
  }
  const self = fileURLToPath(import.meta.url)
  process.exit(await runInstead([node, self, ...process.argv.slice(2)], 'inherit'))
}
