import { describe, expect, it } from 'vitest'
import type { FailureDocument } from '../../domain/removal-document.ts'
import { removalIdOf } from '../../domain/removal-id.ts'
import { loseReply, resetBefore } from '../../sandbox/index.ts'
import { itInFull } from '../support/in-full.ts'
import { stateOf, until, untilParkedFor } from './support/observe.ts'
import { answerAs, HIDDEN, useUnansweredStarts } from './support/unanswered-start.ts'

const anUnansweredStart = useUnansweredStarts()

describe('a start of which looking tells nothing', () => {
  it('parks, having sent one start, and says what was tried, what is known, what the question is, and what each answer does', async () => {
    const [environment, handle] = await anUnansweredStart(resetBefore('start'))

    const [job] = environment.sandbox.report().jobs
    const { kind, message, hint, vendorJobId, userMessage } = (await stateOf(handle)).memo[
      'parked'
    ] as FailureDocument
    expect(kind).toBe('UnknownOutcome')
    expect(message).toBe(
      `start vendor job ${job?.id}: one start was sent without a clear answer, and the job is still shown as pending`,
    )
    expect(vendorJobId).toBe(job?.id)
    expect(hint).toContain(`Was vendor job ${job?.id} (made by the key default) started?`)
    const id = removalIdOf(handle.workflowId)
    expect(hint).toContain(`\`matteflow resume ${id} --as started\`; nothing is sent`)
    expect(hint).toContain(`\`matteflow resume ${id} --as not-started\`; the start is sent again`)
    expect(userMessage).not.toMatch(/vendor|start/)
    expect(environment.sandbox.report()).toMatchObject({ startsAccepted: 0, requests: { start: 1 } })
  })

  it('sends the start again when a person says that it was not started', async () => {
    const [environment, handle] = await anUnansweredStart(resetBefore('start'))

    await answerAs(handle, 'not-started')

    expect((await handle.result()).state).toBe('succeeded')
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1, requests: { start: 2 } })
  })

  it('sends nothing when a person says that it was started', async () => {
    const [environment, handle] = await anUnansweredStart(loseReply('start'), HIDDEN)

    await answerAs(handle, 'started')
    environment.sandbox.clearFaults()

    expect((await handle.result()).state).toBe('succeeded')
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1, requests: { start: 1 } })
  })

  itInFull('goes on by itself once the job moves', async () => {
    const [environment, handle] = await anUnansweredStart(loseReply('start'), HIDDEN)

    environment.sandbox.clearFaults()

    expect((await handle.result()).state).toBe('succeeded')
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1, requests: { start: 1 } })
  })

  itInFull('asks again when the second start is in doubt as well', async () => {
    const [environment, handle] = await anUnansweredStart(
      resetBefore('start', { occurrence: { from: 1, to: 2 } }),
    )

    await answerAs(handle, 'not-started')
    await until(environment, 'a second start', () => environment.sandbox.report().requests.start === 2)
    await untilParkedFor(environment, handle, 'UnknownOutcome')
    await answerAs(handle, 'not-started')

    expect((await handle.result()).state).toBe('succeeded')
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1, requests: { start: 3 } })
  })
})
