import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { aptInstall } from './apt-install.mjs'
import { cacheFolder } from './cache-folder.mjs'
import { findOnPath, isExecutable } from './find-on-path.mjs'
import { runCommand } from './run-command.mjs'
import { sdkDownload } from './sdk-download.mjs'
import { ToolMissing } from './tool-missing.mjs'
import { withLock } from './with-lock.mjs'

const VERSION = '1.38.0'
const POM = fileURLToPath(new URL('../test-server/pom.xml', import.meta.url))
/** `exec`, since the process that started the server ends only its direct child. */
const WRAPPER = `#!/bin/sh
exec java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$(dirname "$0")/lib/*" io.temporal.testserver.TestServer "$@"
`

const home = () => join(cacheFolder(), `temporal-test-server-${VERSION}`)
const cached = () => join(home(), 'temporal-test-server')

export async function findTestServer() {
  return isExecutable(cached()) ? cached() : undefined
}

/**
 * The ladder: our cache, the SDK's download, Maven.
 * @param {{ log?: (line: string) => void }} [options]
 */
export async function ensureTestServer({ log = console.error } = {}) {
  const found = await findTestServer()
  if (found) return found
  return withLock('test-server', log, async () => {
    const again = await findTestServer()
    if (again) return again
    const downloaded = await sdkDownload('time-skipping', home(), 'temporal-test-server', 'default')
    if (downloaded) return downloaded
    const problem = await collect(log)
    if (isExecutable(cached())) return cached()
    throw new ToolMissing(
      "Temporal's time-skipping test server",
      [
        'connect to the internet, so that it can be downloaded',
        'install Java 17 and Maven, so that it can be collected',
      ],
      problem,
    )
  })
}

/** @param {(line: string) => void} log */
async function collect(log) {
  if (!findOnPath('mvn') || !findOnPath('java')) {
    const problem = await aptInstall(['maven', 'default-jre-headless'], log)
    if (problem) return problem
  }
  log('collecting the time-skipping test server with Maven (once, about 15 seconds)')
  mkdirSync(cacheFolder(), { recursive: true })
  const workshop = mkdtempSync(join(cacheFolder(), 'collect-'))
  try {
    copyFileSync(POM, join(workshop, 'pom.xml'))
    const args = [
      '-q',
      '-B',
      'dependency:copy-dependencies',
      '-DincludeScope=runtime',
      '-DoutputDirectory=out/lib',
    ]
    const result = await runCommand('mvn', args, { cwd: workshop, log, doing: 'collecting the test server' })
    if (result.code !== 0) return result.output
    writeFileSync(join(workshop, 'out', 'temporal-test-server'), WRAPPER)
    chmodSync(join(workshop, 'out', 'temporal-test-server'), 0o755)
    rmSync(home(), { recursive: true, force: true })
    renameSync(join(workshop, 'out'), home())
    return ''
  } finally {
    rmSync(workshop, { recursive: true, force: true })
  }
}
