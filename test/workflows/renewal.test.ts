import { describe, expect, it } from 'vitest'
import { createRemovals } from '../../client/create-removals.ts'
import { resetBefore, showStatus } from '../../sandbox/index.ts'
import type { RemovalEnvironment } from '../../testing/removal-environment.ts'
import { RENEW, RESUME } from '../../workflows/messages.ts'
import { clip } from '../support/clips.ts'
import { itInFull } from '../support/in-full.ts'
import type { RemovalHandle } from './support/observe.ts'
import { until, untilParkedFor } from './support/observe.ts'
import { useEnvironments } from './support/use-environments.ts'

const anEnvironment = useEnvironments('dev')
const SHORT = { MATTEFLOW_CALL_TIMEOUT: '1s', MATTEFLOW_SETTLE_MARGIN: '200ms' }

/** Asks for a new run, and gives the handle of that. */
async function renewed(environment: RemovalEnvironment, handle: RemovalHandle): Promise<RemovalHandle> {
  const { runId } = await handle.describe()
  await handle.signal(RENEW)
  const latest = environment.temporal.client.workflow.getHandle(handle.workflowId) as RemovalHandle
  await until(environment, 'a new run', async () => (await latest.describe()).runId !== runId)
  return latest
}

describe('a removal that sleeps and is renewed', () => {
  it('while it is parked parks again for the same, and goes on when it is resumed', async () => {
    const environment = await anEnvironment({ sandbox: { credits: 0 } })
    const handle = await environment.start({ id: 'renewed-parked', source: await clip('green') })
    await untilParkedFor(environment, handle, 'InsufficientCredits')

    const latest = await renewed(environment, handle)
    await untilParkedFor(environment, latest, 'InsufficientCredits')
    environment.sandbox.setCredits(100)
    await latest.executeUpdate(RESUME, { args: [{}] })

    expect((await latest.result()).state).toBe('succeeded')
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1, startsAccepted: 1 })
  })

  itInFull('with a start in doubt asks the same question again, and sends nothing', async () => {
    const sandbox = { modes: { draftShownAs: 'pending' as const }, faults: [resetBefore('start')] }
    const environment = await anEnvironment({ variables: SHORT, sandbox })
    const handle = await environment.start({ id: 'renewed-in-doubt', source: await clip('green') })
    await untilParkedFor(environment, handle, 'UnknownOutcome')

    const latest = await renewed(environment, handle)
    await untilParkedFor(environment, latest, 'UnknownOutcome')
    expect(environment.sandbox.report().requests.start).toBe(1)
    await latest.executeUpdate(RESUME, { args: [{ as: 'not-started' }] })

    expect((await latest.result()).state).toBe('succeeded')
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1, startsAccepted: 1 })
  })

  itInFull('while its job runs waits for the same job', async () => {
    const environment = await anEnvironment({
      // Whenever its job is looked at, it runs.
      sandbox: { faults: [showStatus('processing', 1_000)] },
    })
    const handle = await environment.start({ id: 'renewed-waiting', source: await clip('green') })
    const { client } = environment.temporal
    const removals = createRemovals({ client, storage: environment.dependencies.storage })
    const isWaiting = async (): Promise<boolean> =>
      (await removals.status('renewed-waiting')).state === 'processing'
    await until(environment, 'the wait', isWaiting)
    // What is listed follows what is so, a moment later.
    await until(environment, 'its place in the list', async () => {
      return (await removals.renewAll({ isDryRun: true })) === 1
    })

    const { runId: first } = await handle.describe()

    const woken = await removals.renewAll()
    const latest = client.workflow.getHandle(handle.workflowId) as RemovalHandle
    await until(environment, 'a new run', async () => (await latest.describe()).runId !== first)
    environment.sandbox.clearFaults()

    expect(woken).toBe(1)
    expect((await latest.result()).state).toBe('succeeded')
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1, startsAccepted: 1 })
  })
})
