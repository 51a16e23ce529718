import { beforeAll, describe, expect, it } from 'vitest'
import { exitCodeOf } from '../../cli/terminal/end-with-failure.ts'
import { createRemovals } from '../../client/create-removals.ts'
import { removalIdOf } from '../../domain/removal-id.ts'
import { loseReply, resetBefore } from '../../sandbox/index.ts'
import { clip } from '../support/clips.ts'
import { stateOf, untilParkedFor } from './support/observe.ts'
import { answerAs, HIDDEN, useUnansweredStarts } from './support/unanswered-start.ts'
import { useEnvironments } from './support/use-environments.ts'

const anUnansweredStart = useUnansweredStarts()
const anEnvironment = useEnvironments('dev')
let file: string

beforeAll(async () => {
  file = await clip('green')
})

describe('a second answer', () => {
  it.each([
    ['started', 'not-started', loseReply('start'), 1],
    ['not-started', 'started', resetBefore('start'), 2],
  ] as const)('after %s that says %s is refused with exit 2 and changes nothing', async (...row) => {
    const [first, other, fault, starts] = row
    const [environment, handle] = await anUnansweredStart(fault, HIDDEN)
    const { client } = environment.temporal
    const removals = createRemovals({ client, storage: environment.dependencies.storage })
    const answer = (as: 'started' | 'not-started') => removals.resume(removalIdOf(handle.workflowId), { as })

    const answered = await answer(first)
    const refusal = await answer(other).catch((error: unknown) => error)
    environment.sandbox.clearFaults()

    expect(answered.parkedFor).toBe('UnknownOutcome')
    expect(refusal).toMatchObject({ kind: 'InvalidRequest' })
    expect(exitCodeOf(refusal)).toBe(2)
    expect((await handle.result()).state).toBe('succeeded')
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1, requests: { start: starts } })
  })
})

describe('an answer that does not fit', () => {
  it('is refused where the question is open and none is given', async () => {
    const [, handle] = await anUnansweredStart(resetBefore('start'))

    await expect(answerAs(handle)).rejects.toMatchObject({
      cause: { type: 'InvalidRequest', message: expect.stringContaining('as started or as not-started') },
    })
    expect((await stateOf(handle)).state).toBe('parked')
  })

  it('is refused where the removal is parked for something else', async () => {
    const environment = await anEnvironment({ sandbox: { credits: 0 } })
    const handle = await environment.start({ source: file })
    await untilParkedFor(environment, handle, 'InsufficientCredits')

    await expect(answerAs(handle, 'started')).rejects.toMatchObject({ cause: { type: 'InvalidRequest' } })
    expect((await stateOf(handle)).state).toBe('parked')
  })

  it('is refused where nothing is parked', async () => {
    const environment = await anEnvironment()
    const handle = await environment.start({ source: file })

    await expect(answerAs(handle)).rejects.toMatchObject({
      cause: { type: 'InvalidRequest', message: expect.stringContaining('is not parked') },
    })
    expect((await handle.result()).state).toBe('succeeded')
  })
})
