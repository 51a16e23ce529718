import { beforeAll, describe, expect, it } from 'vitest'
import { ALWAYS, answer, failJob, rateLimit } from '../../sandbox/index.ts'
import { RESUME } from '../../workflows/messages.ts'
import { clip } from '../support/clips.ts'
import { inFull } from '../support/in-full.ts'
import { documentOf, storyOf, untilParkedFor } from './support/observe.ts'
import { useEnvironments } from './support/use-environments.ts'

const anEnvironment = useEnvironments('time-skipping')
let file: string

beforeAll(async () => {
  file = await clip('green')
})

describe('a fallback that the vendor refuses after a first purchase was charged', () => {
  it.each([400, ...inFull(422)])('with %i ends the removal as its last purchase did', async (status) => {
    const environment = await anEnvironment({
      sandbox: { faults: [failJob('GPU worker lost'), answer('create', status, { occurrence: 2 })] },
    })

    const document = await documentOf(await environment.start({ source: file, fallback: 'human' }))

    expect(document).toMatchObject({
      state: 'failed',
      failure: { kind: 'ProcessingFailed', message: expect.stringContaining('GPU worker lost') },
      credits: { charged: 3 },
    })
    expect(document.failure?.message).toMatch(/; then: .*create/)
    expect(environment.sandbox.report().jobsBought).toBe(1)
  })
})

describe('a bug of ours after a first purchase was charged', () => {
  it('parks the removal also before its next start', async () => {
    let isBroken = false
    const environment = await anEnvironment({
      sandbox: { faults: [failJob('GPU worker lost')] },
      dependencies: {
        async prices() {
          if (isBroken) throw new TypeError('a stray bug')
          return { table: { original: 60, light: 45, pro: 180, human: 45 }, version: 'test' }
        },
      },
    })
    const { ledger } = environment.dependencies
    const handle = await environment.start({ id: 'buggy', source: file, fallback: 'human' })
    const recordEnd = ledger.vendorJobs.recordEnd
    ledger.vendorJobs.recordEnd = async (...args) => {
      isBroken = true
      return recordEnd(...args)
    }
    await untilParkedFor(environment, handle, 'Unexpected')
    isBroken = false
    ledger.vendorJobs.recordEnd = recordEnd
    await handle.executeUpdate(RESUME, { args: [{}] })

    expect((await handle.result()).served?.model).toBe('human')
    expect(environment.sandbox.report().jobsBought).toBe(2)
  })
})

describe('a step whose next try would come after the deadline', () => {
  it('has met the deadline, and no outage that parks', async () => {
    const environment = await anEnvironment({
      sandbox: { faults: [rateLimit('create', { retryAfter: 110, occurrence: ALWAYS })] },
    })

    const handle = await environment.start({ source: file, deadline: '60s' })

    expect(await documentOf(handle)).toMatchObject({
      state: 'failed',
      failure: { kind: 'DeadlineExceeded' },
      credits: { charged: 0 },
    })
    expect(await storyOf(handle)).not.toContain('parked')
  })
})
