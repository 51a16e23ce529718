import { describe, expect, it } from 'vitest'
import { createRemovals } from '../../client/create-removals.ts'
import { removalIdOf } from '../../domain/removal-id.ts'
import { ALWAYS, answer } from '../../sandbox/index.ts'
import { resume, SHORT, severedLedger, untilNewRun, useLongRemovals } from './support/long-removal.ts'
import { untilParkedFor } from './support/observe.ts'

const aLongRemoval = useLongRemovals()

describe('a new run that begins', () => {
  it('at a deadline that passed after the start stays parked, and collects the job that ends later', async () => {
    const sandbox = { modes: { instant: false }, speed: 2 }
    const [environment, handle, first] = await aLongRemoval({ sandbox }, { deadline: '4s' })
    await resume(handle)
    const latest = await untilNewRun(environment, handle, first)
    await untilParkedFor(environment, latest, 'DeadlineExceeded')

    expect((await latest.result()).state).toBe('succeeded')
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1, startsAccepted: 1 })
  })

  it('while a cancel is settled ends as cancelled, and buys nothing', async () => {
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
})

describe('a park of each other kind that begins a new run', () => {
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
