import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createLedger } from '../../adapters/ledger/ledger.ts'
import { openDatabase } from '../../adapters/ledger/open-database.ts'
import { createRemovals } from '../../client/create-removals.ts'
import { removalIdOf } from '../../domain/removal-id.ts'
import { ALWAYS, answer, failJob, resetBefore } from '../../sandbox/index.ts'
import type { RemovalEnvironment } from '../../testing/removal-environment.ts'
import { serveDatabase } from '../../testing/serve-database.ts'
import type { ResumeRequest } from '../../workflows/messages.ts'
import { RESUME } from '../../workflows/messages.ts'
import { severableLine } from '../adapters/ledger/support/severable-line.ts'
import { clip } from '../support/clips.ts'
import { describeInFull, itInFull } from '../support/in-full.ts'
import type { RemovalHandle } from './support/observe.ts'
import { historyOf, until, untilParkedFor } from './support/observe.ts'
import type { EnvironmentSettings } from './support/use-environments.ts'
import { useEnvironments } from './support/use-environments.ts'

/** Temporal suggests a new run when a history is this long; one park's worth of a second run is far below. */
const SUGGESTED_AT = 120
const anEnvironment = useEnvironments('dev', {
  settings: [`limit.historyCount.suggestContinueAsNew=${SUGGESTED_AT}`],
})
let file: string

beforeAll(async () => {
  file = await clip('green')
})

const resume = (handle: RemovalHandle, asked: ResumeRequest = {}) =>
  handle.executeUpdate(RESUME, { args: [asked] })

/** A removal that stands parked before its start with a history so long that its next park begins a new run. */
async function aLongRemoval(
  settings: EnvironmentSettings,
  request: Partial<Parameters<RemovalEnvironment['start']>[0]> = {},
): Promise<[RemovalEnvironment, RemovalHandle, firstRunId: string]> {
  const environment = await anEnvironment({ ...settings, sandbox: { credits: 0, ...settings.sandbox } })
  const handle = await environment.start({ source: file, ...request })
  await untilParkedFor(environment, handle, 'InsufficientCredits')
  await lengthen(handle)
  environment.sandbox.setCredits(100)
  const { runId } = await handle.describe()
  return [environment, handle, runId]
}

/** Makes a history so long that Temporal suggests a new run: each signal is an event, heard or not. */
async function lengthen(handle: RemovalHandle): Promise<void> {
  await Promise.all(Array.from({ length: SUGGESTED_AT }, () => handle.signal('nobodyListens')))
}

/** A later run of the same removal; the handle that started it would follow it only through its result. */
async function untilNewRun(
  environment: RemovalEnvironment,
  handle: RemovalHandle,
  firstRunId: string,
): Promise<RemovalHandle> {
  const latest = environment.temporal.client.workflow.getHandle(handle.workflowId) as RemovalHandle
  await until(environment, 'a new run', async () => (await latest.describe()).runId !== firstRunId)
  return latest
}

async function severedLedger() {
  const database = await serveDatabase()
  const line = await severableLine(database.url)
  const opened = await openDatabase(line.url)
  onTestFinished(async () => {
    await opened.close()
    await database.close()
  })
  return { line, ledger: createLedger(opened.database) }
}

/** Calls, windows and budgets short enough to sit through. */
const SHORT = {
  MATTEFLOW_CALL_TIMEOUT: '1s',
  MATTEFLOW_SETTLE_MARGIN: '200ms',
  MATTEFLOW_OUTAGE_BUDGET: '2s',
}

describe('a new run that begins', () => {
  itInFull('at a start in doubt asks the same question, and hears the answer', async () => {
    const sandbox = { modes: { draftShownAs: 'pending' as const } }
    const [environment, handle, first] = await aLongRemoval({ variables: SHORT, sandbox })
    environment.sandbox.addFaults([resetBefore('start')])
    await resume(handle)
    const latest = await untilNewRun(environment, handle, first)
    await untilParkedFor(environment, latest, 'UnknownOutcome')
    await resume(latest, { as: 'not-started' })

    expect((await latest.result()).state).toBe('succeeded')
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1, requests: { start: 3 } })
  })

  itInFull(
    'at a deadline that passed after the start stays parked, and collects the job that ends later',
    async () => {
      const sandbox = { modes: { instant: false }, speed: 2 }
      const [environment, handle, first] = await aLongRemoval({ sandbox }, { deadline: '4s' })
      await resume(handle)
      const latest = await untilNewRun(environment, handle, first)
      await untilParkedFor(environment, latest, 'DeadlineExceeded')

      expect((await latest.result()).state).toBe('succeeded')
      expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1, startsAccepted: 1 })
    },
  )

  it('between two purchases goes on with the second, and judges the first no more', async () => {
    const [environment, handle, first] = await aLongRemoval(
      {
        sandbox: {
          faults: [failJob('GPU worker lost', { occurrence: 2 }), answer('start', 401, { occurrence: 3 })],
        },
      },
      { fallback: 'human' },
    )
    await resume(handle)
    const latest = await untilNewRun(environment, handle, first)

    expect(await latest.result()).toMatchObject({
      state: 'succeeded',
      served: { model: 'human', why: 'fallback: original webm ended as ProcessingFailed' },
    })
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 2, requests: { start: 4 } })
    expect((await historyOf(latest)).activities).not.toContain('reserveCredits')
  })

  itInFull('while a cancel is settled ends as cancelled, and buys nothing', async () => {
    const { line, ledger } = await severedLedger()
    const [environment, handle, first] = await aLongRemoval({ variables: SHORT, dependencies: { ledger } })
    await line.takeDown()
    await handle.cancel()
    const latest = await untilNewRun(environment, handle, first)
    await line.putUp()
    await latest.result().catch(() => {})

    const { client } = environment.temporal
    const removals = createRemovals({ client, storage: environment.dependencies.storage })
    expect(await removals.status(removalIdOf(handle.workflowId))).toMatchObject({
      state: 'cancelled',
      failure: { kind: 'Cancelled' },
    })
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 0, startsAccepted: 0 })
    expect(await ledger.removals.find(removalIdOf(handle.workflowId))).toMatchObject({
      finalStatus: 'cancelled',
    })
  })

  it('while an answer waits for the ledger applies the answer', async () => {
    const { line, ledger } = await severedLedger()
    const sandbox = { modes: { draftShownAs: 'pending' as const } }
    const [environment, handle, first] = await aLongRemoval({
      variables: SHORT,
      sandbox,
      dependencies: { ledger },
    })
    environment.sandbox.addFaults([resetBefore('start')])
    await resume(handle)
    const second = await untilNewRun(environment, handle, first)
    await untilParkedFor(environment, second, 'UnknownOutcome')
    await lengthen(second)
    const { runId } = await second.describe()
    await line.takeDown()
    await resume(second, { as: 'not-started' })
    const third = await untilNewRun(environment, handle, runId)
    // The answer outlives the new run, and a park for something else as well.
    await untilParkedFor(environment, third, 'PlatformUnavailable')
    await line.putUp()
    await resume(third)

    expect((await third.result()).state).toBe('succeeded')
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1, requests: { start: 3 } })
  })
})

describeInFull('a park of each other kind that begins a new run', () => {
  it.each([
    ['status', 'CredentialsRejected', answer('status', 401, { occurrence: ALWAYS })],
    ['output', 'OutputExpired', answer('output', 410, { occurrence: ALWAYS })],
  ] as const)('at %s, for %s, is the same park there, and one job is bought', async (_, kind, fault) => {
    const [environment, handle, first] = await aLongRemoval({})
    environment.sandbox.addFaults([fault])
    await resume(handle)
    const latest = await untilNewRun(environment, handle, first)
    await untilParkedFor(environment, latest, kind)
    environment.sandbox.clearFaults()
    await resume(latest).catch(() => {})

    expect((await latest.result()).state).toBe('succeeded')
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1, startsAccepted: 1 })
  })
})
