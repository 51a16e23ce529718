// The first thing of every npm script: brings what that script needs, once, and says what it does. Plain
// JavaScript for Node 18 and later, since it runs before anything is installed.
import { ensurePackages } from './ensure-packages.mjs'
import { linkCommand } from './link-command.mjs'
import {
  ensureChromium,
  ensureFfmpeg,
  ensureTemporalServer,
  ensureTestServer,
  ToolMissing,
} from './tools.mjs'

const NEEDS = {
  packages: [],
  check: [],
  build: [],
  dev: [ensureTemporalServer, ensureFfmpeg],
  demo: [ensureTemporalServer, ensureFfmpeg],
  bench: [ensureTemporalServer, ensureFfmpeg],
  test: [ensureTemporalServer, ensureTestServer, ensureFfmpeg, ensureChromium],
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
  for (const ensure of NEEDS[/** @type {keyof typeof NEEDS} */ (what)]) await ensure({ log })
} catch (error) {
  if (!(error instanceof ToolMissing)) throw error
  log(error.message)
  process.exit(1)
}
