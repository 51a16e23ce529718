import { beforeAll, describe, expect, it } from 'vitest'
import { exitCodeOf } from '../../cli/terminal/end-with-failure.ts'
import { createRemovals } from '../../client/create-removals.ts'
import type { FailureDocument } from '../../domain/removal-document.ts'
import { removalIdOf } from '../../domain/removal-id.ts'
import type { Fault } from '../../sandbox/index.ts'
import { ALWAYS, loseReply, resetBefore, show } from '../../sandbox/index.ts'
import type { RemovalEnvironment } from '../../testing/removal-environment.ts'
import { RESUME } from '../../workflows/messages.ts'
import { clip } from '../support/clips.ts'
import { describeInFull, itInFull } from '../support/in-full.ts'
import type { RemovalHandle } from './support/observe.ts'
import { stateOf, until, untilParkedFor } from './support/observe.ts'
import { useEnvironments } from './support/use-environments.ts'

const anEnvironment = useEnvironments('time-skipping')
let file: string

beforeAll(async () => {
  file = await clip('green')
})

/** The vendor shows drafts as `pending`, which may also be a queued start: looking tells nothing. */
async function anUnansweredStart(...faults: Fault[]): Promise<[RemovalEnvironment, RemovalHandle]> {
  const environment = await anEnvironment({ sandbox: { faults, modes: { draftShownAs: 'pending' } } })
  const handle = await environment.start({ source: file })
  await untilParkedFor(environment, handle, 'UnknownOutcome')
  return [environment, handle]
}

const resume = (handle: RemovalHandle, as?: 'started' | 'not-started') =>
  handle.executeUpdate(RESUME, { args: [as === undefined ? {} : { as }] })

/** As long as it lasts, a started job looks like its draft. */
const HIDDEN = show('status', { status: 'pending' }, { occurrence: ALWAYS })

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

    await resume(handle, 'not-started')

    expect((await handle.result()).state).toBe('succeeded')
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1, requests: { start: 2 } })
  })

  it('sends nothing when a person says that it was started', async () => {
    const [environment, handle] = await anUnansweredStart(loseReply('start'), HIDDEN)

    await resume(handle, 'started')
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

    await resume(handle, 'not-started')
    await until(environment, 'a second start', () => environment.sandbox.report().requests.start === 2)
    await untilParkedFor(environment, handle, 'UnknownOutcome')
    await resume(handle, 'not-started')

    expect((await handle.result()).state).toBe('succeeded')
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1, requests: { start: 3 } })
  })
})

describeInFull('a second answer', () => {
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

describeInFull('an answer that does not fit', () => {
  it('is refused where the question is open and none is given', async () => {
    const [, handle] = await anUnansweredStart(resetBefore('start'))

    await expect(resume(handle)).rejects.toMatchObject({
      cause: { type: 'InvalidRequest', message: expect.stringContaining('as started or as not-started') },
    })
    expect((await stateOf(handle)).state).toBe('parked')
  })

  it('is refused where the removal is parked for something else', async () => {
    const environment = await anEnvironment({ sandbox: { credits: 0 } })
    const handle = await environment.start({ source: file })
    await untilParkedFor(environment, handle, 'InsufficientCredits')

    await expect(resume(handle, 'started')).rejects.toMatchObject({ cause: { type: 'InvalidRequest' } })
    expect((await stateOf(handle)).state).toBe('parked')
  })

  it('is refused where nothing is parked', async () => {
    const environment = await anEnvironment()
    const handle = await environment.start({ source: file })

    await expect(resume(handle)).rejects.toMatchObject({
      cause: { type: 'InvalidRequest', message: expect.stringContaining('is not parked') },
    })
    expect((await handle.result()).state).toBe('succeeded')
  })
})
