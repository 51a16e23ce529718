// The first thing of every npm script: brings what that script needs, once, and says what it does. Plain
// JavaScript for Node 18 and later, since it runs before anything is installed.
import { ensurePackages } from './ensure-packages.mjs'
import { linkCommand } from './link-command.mjs'
import {
  ensureChromium,
  ensureComposeLoader,
  ensureFfmpeg,
  ensureManifestChecker,
  ensureOpenApiTools,
  ensurePostgres,
  ensurePromtool,
  ensureTemporalServer,
  ensureTestServer,
  ToolMissing,
} from './tools.mjs'

/** @typedef {(options: { log: (line: string) => void }) => Promise<unknown>} Ensure */

/** @type {Record<string, Ensure[]>} */
const NEEDS = {
  packages: [],
  check: [],
  build: [],
  dev: [ensureTemporalServer, ensureFfmpeg],
  demo: [ensureTemporalServer, ensureFfmpeg],
  bench: [ensureTemporalServer, ensureFfmpeg],
  test: [ensureTemporalServer, ensureTestServer, ensureFfmpeg, ensureChromium],
}

/** Where these cannot be had, the tests that need them are skipped, and counted as such. @type {Record<string, Ensure[]>} */
const WISHES = {
  test: [ensureComposeLoader, ensurePostgres, ensurePromtool, ensureOpenApiTools, ensureManifestChecker],
}

const what = process.argv[2] ?? ''
const log = (/** @type {string} */ line) => console.error(line)
if (!Object.hasOwn(NEEDS, what)) {
  log(`usage: setup.mjs ${Object.keys(NEEDS).join('|')}`)
  process.exit(2)
}
try {
  await ensurePackages({ log })
  linkCommand()
  for (const ensure of NEEDS[what] ?? []) await ensure({ log })
  for (const ensure of WISHES[what] ?? []) {
    await ensure({ log }).catch((/** @type {unknown} */ error) => {
      if (!(error instanceof ToolMissing)) throw error
      log(`${error.message}\nThe tests that need it are skipped.`)
    })
  }
} catch (error) {
  if (!(error instanceof ToolMissing)) throw error
  log(error.message)
  process.exit(1)
}
