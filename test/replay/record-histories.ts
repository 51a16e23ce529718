import { spawnSync } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { History } from '@temporalio/common/lib/proto-utils.js'
import { startRemovalEnvironment } from '../../testing/removal-environment.ts'
import { startTemporalServer } from '../../testing/temporal-server.ts'
import { clip } from '../support/clips.ts'
import { keepHistory, keptHistories, UNRELEASED } from './support/keep-history.ts'
import { machineWords } from './support/machine-words.ts'
import type { Scenario } from './support/scenarios.ts'
import { SCENARIOS, urlOf } from './support/scenarios.ts'

/**
 * Records what the next release's workflows look like into `test/histories/unreleased/`: every scenario, or those named
 * on the command line, and then one history for each way in which a row of the fault matrix goes. What stands in the
 * folders of releases is what deployed workflows may look like, and is left alone.
 */
const ROOT = resolve(import.meta.dirname, '../..')
/** A file that has no picture in it. */
const NO_VIDEO = join(ROOT, 'package.json')
const named = process.argv.slice(2)
const begunAtMs = Date.now()

/** On a real server, since the one that skips time leaves out what a replay needs to be strict. */
const temporal = await startTemporalServer('dev')
try {
  const file = await clip('green')
  for (const name of named.length > 0 ? named : Object.keys(SCENARIOS)) {
    const scenario = SCENARIOS[name]
    if (scenario === undefined)
      throw new TypeError(`${name} is none of: ${Object.keys(SCENARIOS).join(', ')}`)
    const { events = [] } = await record(name, scenario, file)
    console.log(`${name}: ${events?.length ?? 0} events`)
  }
} finally {
  await temporal.teardown()
}
if (named.length === 0) {
  recordMatrix()
  await sayWhatWasRecorded()
}

async function record(name: string, scenario: Scenario, file: string): Promise<History> {
  const { settings = {}, source, deadline, request, before, meanwhile } = scenario
  const { modes, ...sandbox } = settings.sandbox ?? {}
  const environment = await startRemovalEnvironment({
    ...settings,
    temporal,
    sandbox: { modes: { instant: true, ...modes }, ...sandbox },
  })
  const over = await before?.(environment, file)
  try {
    const handle = await environment.start({
      id: name,
      source:
        source === 'url'
          ? { url: await urlOf(file, environment.sandbox) }
          : source === 'no-video'
            ? NO_VIDEO
            : file,
      ...(deadline === undefined ? {} : { deadline }),
      ...request,
    })
    const run = (await meanwhile?.(environment, handle)) ?? handle
    // How it ends is part of the history.
    await Promise.allSettled([run.result()])
    const history = await run.fetchHistory()
    const folder = resolve(environment.dependencies.workFolder, '..')
    await keepHistory(name, history, machineWords({ folder, vendorUrls: [environment.sandbox.url] }))
    return history
  } finally {
    await over?.()
    await environment.close()
  }
}

/** Every row under every reading of the contract; pairs of faults go no other ways. */
function recordMatrix(): void {
  const { status } = spawnSync(
    process.execPath,
    [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', 'test/system/fault-matrix'],
    {
      cwd: ROOT,
      stdio: 'inherit',
      env: { ...process.env, MATRIX_PAIRS: '0', RECORD_HISTORIES: UNRELEASED },
    },
  )
  if (status !== 0) throw new Error('the fault matrix failed: what it recorded is not what should be')
}

/** A history that nothing leads to any more would stay in the corpus for ever. */
async function sayWhatWasRecorded(): Promise<void> {
  const { unreleased = [] } = await keptHistories()
  const times = await Promise.all(unreleased.map((name) => stat(join(UNRELEASED, name))))
  const old = unreleased.filter((_, index) => (times[index]?.mtimeMs ?? 0) < begunAtMs)
  console.log(`${unreleased.length - old.length} histories were recorded into ${UNRELEASED}`)
  if (old.length > 0) console.log(`no removal went these ways any more, delete them: ${old.join(', ')}`)
}
