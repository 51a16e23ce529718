import { describe, expect, it } from 'vitest'
import { answer, failJob, resetBefore } from '../../sandbox/index.ts'
import {
  lengthen,
  resume,
  SHORT,
  severedLedger,
  untilNewRun,
  useLongRemovals,
} from './support/long-removal.ts'
import { historyOf, untilParkedFor } from './support/observe.ts'

const aLongRemoval = useLongRemovals()

describe('a new run that begins', () => {
  it('at a start in doubt asks the same question, and hears the answer', async () => {
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
