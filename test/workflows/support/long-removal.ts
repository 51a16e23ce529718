import { beforeAll, onTestFinished } from 'vitest'
import { createLedger } from '../../../adapters/ledger/ledger.ts'
import { openDatabase } from '../../../adapters/ledger/open-database.ts'
import type { RemovalEnvironment } from '../../../testing/removal-environment.ts'
import { serveDatabase } from '../../../testing/serve-database.ts'
import type { ResumeRequest } from '../../../workflows/messages.ts'
import { RESUME } from '../../../workflows/messages.ts'
import { severableLine } from '../../adapters/ledger/support/severable-line.ts'
import { clip } from '../../support/clips.ts'
import type { RemovalHandle } from './observe.ts'
import { until, untilParkedFor } from './observe.ts'
import type { EnvironmentSettings } from './use-environments.ts'
import { useEnvironments } from './use-environments.ts'

/** Temporal suggests a new run when a history is this long; one park's worth of a second run is far below. */
const SUGGESTED_AT = 120

/** Calls, windows and budgets short enough to sit through. */
export const SHORT = {
  MATTEFLOW_CALL_TIMEOUT: '1s',
  MATTEFLOW_SETTLE_MARGIN: '200ms',
  MATTEFLOW_OUTAGE_BUDGET: '2s',
}

type ALongRemoval = (
  settings: EnvironmentSettings,
  request?: Partial<Parameters<RemovalEnvironment['start']>[0]>,
) => Promise<[RemovalEnvironment, RemovalHandle, firstRunId: string]>

/** Makes removals that stand parked before their start with a history so long that their next park begins a new run. */
export function useLongRemovals(): ALongRemoval {
  const anEnvironment = useEnvironments('dev', {
    settings: [`limit.historyCount.suggestContinueAsNew=${SUGGESTED_AT}`],
  })
  let file: string
  beforeAll(async () => {
    file = await clip('green')
  })
  return async (settings, request = {}) => {
    const environment = await anEnvironment({ ...settings, sandbox: { credits: 0, ...settings.sandbox } })
    const handle = await environment.start({ source: file, ...request })
    await untilParkedFor(environment, handle, 'InsufficientCredits')
    await lengthen(handle)
    environment.sandbox.setCredits(100)
    const { runId } = await handle.describe()
    return [environment, handle, runId]
  }
}

/** Makes a history so long that Temporal suggests a new run: each signal is an event, heard or not. */
export async function lengthen(handle: RemovalHandle): Promise<void> {
  await Promise.all(Array.from({ length: SUGGESTED_AT }, () => handle.signal('nobodyListens')))
}

/** A later run of the same removal; the handle that started it would follow it only through its result. */
export async function untilNewRun(
  environment: RemovalEnvironment,
  handle: RemovalHandle,
  firstRunId: string,
): Promise<RemovalHandle> {
  const latest = environment.temporal.client.workflow.getHandle(handle.workflowId) as RemovalHandle
  await until(environment, 'a new run', async () => (await latest.describe()).runId !== firstRunId)
  return latest
}

export const resume = (handle: RemovalHandle, asked: ResumeRequest = {}) =>
  handle.executeUpdate(RESUME, { args: [asked] })

/** A ledger of its own, behind a line that a test takes down and puts up. */
export async function severedLedger() {
  const database = await serveDatabase()
  const line = await severableLine(database.url)
  const opened = await openDatabase(line.url)
  onTestFinished(async () => {
    await opened.close()
    await database.close()
  })
  return { line, ledger: createLedger(opened.database) }
}
