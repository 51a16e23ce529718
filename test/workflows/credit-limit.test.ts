import { beforeAll, describe, expect, it } from 'vitest'
import { removalIdOf } from '../../domain/removal-id.ts'
import { failJob } from '../../sandbox/index.ts'
import type { ResumeRequest } from '../../workflows/messages.ts'
import { RESUME } from '../../workflows/messages.ts'
import { clip } from '../support/clips.ts'
import { inFull, itInFull } from '../support/in-full.ts'
import type { RemovalHandle } from './support/observe.ts'
import { historyOf, stateOf, until, untilParkedFor } from './support/observe.ts'
import { useEnvironments } from './support/use-environments.ts'

const anEnvironment = useEnvironments('time-skipping')
let file: string

beforeAll(async () => {
  file = await clip('green')
})

const resume = (handle: RemovalHandle, asked: ResumeRequest = {}) =>
  handle.executeUpdate(RESUME, { args: [asked] })

const OUT_OF_CREDITS = failJob({ code: 'insufficient_credits', message: 'Not enough credits' })

describe('a job that failed for want of credits, of a removal whose maxCredits allows one job', () => {
  it('is not bought again by a resume, which says how to allow it', async () => {
    const environment = await anEnvironment({ sandbox: { faults: [OUT_OF_CREDITS] } })
    const handle = await environment.start({ source: file, maxCredits: 3 })
    await untilParkedFor(environment, handle, 'InsufficientCredits')

    await expect(resume(handle)).rejects.toMatchObject({
      cause: {
        type: 'BudgetExceeded',
        details: [
          {
            hint: `It stays parked. To allow it, run \`matteflow resume ${removalIdOf(handle.workflowId)} --max-credits 6\`.`,
          },
          expect.anything(),
        ],
      },
    })
    await expect(resume(handle, { maxCredits: 5.999 })).rejects.toMatchObject({
      cause: { type: 'BudgetExceeded' },
    })

    expect((await stateOf(handle)).state).toBe('parked')
    expect(environment.sandbox.report().jobsBought).toBe(1)
  })

  itInFull('is bought again once a resume has raised the limit', async () => {
    const environment = await anEnvironment({ sandbox: { faults: [OUT_OF_CREDITS] } })
    const handle = await environment.start({ source: file, maxCredits: 3 })
    await untilParkedFor(environment, handle, 'InsufficientCredits')

    await resume(handle, { maxCredits: 6, by: 'Ada', note: 'topped up' })

    expect((await handle.result()).state).toBe('succeeded')
    expect(environment.sandbox.report().jobsBought).toBe(2)
    const parks = await environment.dependencies.ledger.parks.all(removalIdOf(handle.workflowId))
    expect(parks).toMatchObject([
      { kind: 'InsufficientCredits', endedBy: 'person', resumedBy: 'Ada', note: 'topped up', maxCredits: 6 },
    ])
  })

  itInFull('stays parked where the budget of the project has not enough left', async () => {
    const environment = await anEnvironment({ sandbox: { faults: [OUT_OF_CREDITS] } })
    const { credits } = environment.dependencies.ledger
    await credits.setBudget('tight', 4_000, new Date())
    const handle = await environment.start({ source: file, project: 'tight' })
    await untilParkedFor(environment, handle, 'InsufficientCredits')
    await resume(handle)
    await until(environment, 'an asking for credits', async () =>
      (await historyOf(handle)).activities.includes('reserveCredits'),
    )
    await untilParkedFor(environment, handle, 'InsufficientCredits')
    expect((await stateOf(handle)).memo['parked']).toMatchObject({
      message: expect.stringContaining('the budget of project tight has 1 left'),
    })

    await credits.setBudget('tight', null, new Date())
    await resume(handle)

    expect((await handle.result()).state).toBe('succeeded')
    expect(environment.sandbox.report().jobsBought).toBe(2)
  })
})

describe('a resume with a limit that is none', () => {
  it.each([0, ...inFull(-1)])('is refused: %s', async (maxCredits) => {
    const environment = await anEnvironment({ sandbox: { credits: 0 } })
    const handle = await environment.start({ source: file })
    await untilParkedFor(environment, handle, 'InsufficientCredits')

    await expect(resume(handle, { maxCredits })).rejects.toMatchObject({ cause: { type: 'InvalidRequest' } })
  })

  it('is refused by the client where it is no number', async () => {
    const { removals } = await anEnvironment()

    await expect(removals.resume('whichever', { maxCredits: Number.NaN })).rejects.toMatchObject({
      kind: 'InvalidRequest',
    })
  })
})
