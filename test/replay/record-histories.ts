import { mkdir, writeFile } from 'node:fs/promises'
import { homedir, hostname, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import type { RemovalEnvironment } from '../../testing/removal-environment.ts'
import { startRemovalEnvironment } from '../../testing/removal-environment.ts'
import { startTemporalServer } from '../../testing/temporal-server.ts'
import { clip } from '../support/clips.ts'
import type { Scenario } from './scenarios.ts'
import { SCENARIOS, urlOf } from './scenarios.ts'
import { scrubHistory } from './scrub-history.ts'

/**
 * Records a history of every scenario, or of those named on the command line, into `test/histories/`. A history
 * that is there is what deployed workflows may look like: replace it only when none of them can be left.
 */
const FOLDER = resolve(import.meta.dirname, '../histories')

/** On a real server, since the one that skips time leaves out what a replay needs to be strict. */
const temporal = await startTemporalServer('dev')
const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(SCENARIOS)
try {
  const file = await clip('green')
  await mkdir(FOLDER, { recursive: true })
  for (const name of names) {
    const scenario = SCENARIOS[name]
    if (scenario === undefined)
      throw new TypeError(`${name} is none of: ${Object.keys(SCENARIOS).join(', ')}`)
    const json = await record(name, scenario, file)
    await writeFile(join(FOLDER, `${name}.json`), json)
    console.log(`${name}: ${(JSON.parse(json) as { events: unknown[] }).events.length} events`)
  }
} finally {
  await temporal.teardown()
}

async function record(name: string, scenario: Scenario, file: string): Promise<string> {
  const { settings = {}, byUrl = false, deadline, meanwhile } = scenario
  const { modes, ...sandbox } = settings.sandbox ?? {}
  const environment = await startRemovalEnvironment({
    ...settings,
    temporal,
    sandbox: { modes: { instant: true, ...modes }, ...sandbox },
  })
  try {
    const handle = await environment.start({
      id: name,
      source: byUrl ? { url: await urlOf(file, environment.sandbox) } : file,
      ...(deadline === undefined ? {} : { deadline }),
    })
    await meanwhile?.(environment, handle)
    // How it ends is part of the history.
    await Promise.allSettled([handle.result()])
    return scrubHistory(historyToJSON(await handle.fetchHistory()), machineOf(environment))
  } finally {
    await environment.close()
  }
}

function machineOf({ dependencies, sandbox }: RemovalEnvironment) {
  const home = resolve(dependencies.workFolder, '..')
  return [
    [home, '/home/matteflow'],
    [resolve(import.meta.dirname, '../..'), '/matteflow'],
    [sandbox.url, 'http://127.0.0.1:4010'],
    [tmpdir(), '/tmp'],
    [homedir(), '/home/user'],
    [`@${hostname()}`, '@host'],
    [/\b\d+@host/g, '1@host'],
  ] as const
}
