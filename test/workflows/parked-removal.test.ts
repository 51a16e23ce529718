import { beforeAll, describe, expect, it } from 'vitest'
import { ALWAYS, answer, answerHtml, failJob, refuseForCredits } from '../../sandbox/index.ts'
import type { RemovalEnvironment } from '../../testing/removal-environment.ts'
import { RESUME } from '../../workflows/messages.ts'
import { clip } from '../support/clips.ts'
import { inFull, itInFull } from '../support/in-full.ts'
import type { RemovalHandle } from './support/observe.ts'
import { documentOf, stateOf, storyOf, until, untilParkedFor, untilState } from './support/observe.ts'
import { useEnvironments } from './support/use-environments.ts'

const anEnvironment = useEnvironments('time-skipping')
let file: string

beforeAll(async () => {
  file = await clip('green')
})

const resume = (handle: RemovalHandle) => handle.executeUpdate(RESUME, { args: [{}] })
const keyOf = ({ sandbox }: RemovalEnvironment): string => sandbox.keys[0] ?? ''

describe('an account without credits', () => {
  it('parks the removal before anything is bought, and a resume after a top-up buys one job', async () => {
    const environment = await anEnvironment({ sandbox: { credits: 0 } })
    const handle = await environment.start({ source: file })
    await untilParkedFor(environment, handle, 'InsufficientCredits')
    expect(environment.sandbox.report().jobsBought).toBe(0)

    environment.sandbox.setCredits(10)
    await expect(resume(handle)).resolves.toEqual({ parkedFor: 'InsufficientCredits', state: 'parked' })

    expect((await handle.result()).state).toBe('succeeded')
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1, startsAccepted: 1 })
  })

  itInFull('parks again when it was resumed without a top-up, and wakes by nothing else', async () => {
    const environment = await anEnvironment({ sandbox: { credits: 0 } })
    const handle = await environment.start({ source: file })
    await untilParkedFor(environment, handle, 'InsufficientCredits')

    await resume(handle)
    await until(environment, 'a second start', () => environment.sandbox.report().requests.start === 2)
    await untilParkedFor(environment, handle, 'InsufficientCredits')
    await environment.temporal.sleep('20 days')

    expect((await stateOf(handle)).state).toBe('parked')
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 0, requests: { start: 2 } })
  })

  it.each(inFull(400, 403))('is known by its code, also under a %i', async (status) => {
    const environment = await anEnvironment({ sandbox: { faults: [refuseForCredits('start', status)] } })
    const handle = await environment.start({ source: file })
    await untilParkedFor(environment, handle, 'InsufficientCredits')
    await resume(handle)

    expect((await handle.result()).state).toBe('succeeded')
  })
})

describe('a job that failed for want of credits', () => {
  it('is bought again when there are some, and shows no park while credits are held for it', async () => {
    const error = { code: 'insufficient_credits', message: 'Not enough credits' }
    const environment = await anEnvironment({ sandbox: { faults: [failJob(error)] } })
    const handle = await environment.start({ source: file })
    await untilParkedFor(environment, handle, 'InsufficientCredits')
    await resume(handle)

    expect((await handle.result()).state).toBe('succeeded')
    const story = await storyOf(handle)
    const parkedAt = story.indexOf('parked')
    expect(story.slice(parkedAt, parkedAt + 3)).toEqual(['parked', 'accepted', 'reserveCredits'])
  })
})

describe('a key that is refused', () => {
  it('parks the removal at the start, and one job is bought once it is accepted again', async () => {
    const environment = await anEnvironment({ sandbox: { faults: [answer('start', 401)] } })
    const handle = await environment.start({ source: file })
    await untilParkedFor(environment, handle, 'CredentialsRejected')

    await resume(handle)

    expect((await handle.result()).state).toBe('succeeded')
    expect(environment.sandbox.report().jobsBought).toBe(1)
  })

  itInFull(
    'parks the removal while its job runs, which is collected without anyone once the key works again',
    async () => {
      const environment = await anEnvironment({ sandbox: { modes: { instant: false }, speed: 3 } })
      const handle = await environment.start({ source: file })
      await untilState(environment, handle, 'processing')
      environment.sandbox.revokeKey(keyOf(environment))
      await untilParkedFor(environment, handle, 'CredentialsRejected')

      environment.sandbox.acceptKey(keyOf(environment))

      expect((await handle.result()).state).toBe('succeeded')
      expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1, startsAccepted: 1 })
    },
  )
})

describe('an outage that outlasts its budget', () => {
  // Fewer calls than open the breaker, whose clock cannot be skipped.
  const variables = { MATTEFLOW_OUTAGE_BUDGET: '20s' }

  it.each(['status', ...inFull('create' as const)] as const)(
    'parks the removal at %s, which wakes by itself',
    async (route) => {
      const faults = [answerHtml(route, 503, { occurrence: ALWAYS })]
      const environment = await anEnvironment({ variables, sandbox: { faults } })
      const handle = await environment.start({ source: file })
      await untilParkedFor(environment, handle, 'VendorUnavailable')

      environment.sandbox.clearFaults()

      expect((await handle.result()).state).toBe('succeeded')
      expect(environment.sandbox.report().jobsBought).toBe(1)
    },
  )

  itInFull('at the start asks a person once any attempt was in doubt', async () => {
    const faults = [
      answerHtml('start', 503, { when: 'after' }),
      answerHtml('status', 503, { occurrence: ALWAYS }),
    ]
    const environment = await anEnvironment({ variables, sandbox: { faults } })
    const handle = await environment.start({ source: file })
    await untilParkedFor(environment, handle, 'UnknownOutcome')

    environment.sandbox.clearFaults()

    expect((await handle.result()).state).toBe('succeeded')
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1, requests: { start: 1 } })
  })
})

describe('a 422 at create', () => {
  it('fails the removal with nothing bought', async () => {
    const environment = await anEnvironment({ sandbox: { faults: [answer('create', 422)] } })

    const document = await documentOf(await environment.start({ source: file }))

    expect(document).toMatchObject({ state: 'failed', failure: { kind: 'InvalidRequest' } })
    expect(environment.sandbox.report().jobsBought).toBe(0)
  })
})
