import { beforeAll, describe, expect, it } from 'vitest'
import type { Removals } from '../../client/index.ts'
import { createRemovals } from '../../client/index.ts'
import { workflowIdOf } from '../../domain/removal-id.ts'
import { failJob, neverEnd } from '../../sandbox/index.ts'
import type { RemovalEnvironment } from '../../testing/removal-environment.ts'
import { allOf } from '../client/support/all-of.ts'
import { rejectionOf } from '../client/support/client-environment.ts'
import { clip } from '../support/clips.ts'
import { itInFull } from '../support/in-full.ts'
import { stagedInputs } from './support/observe.ts'
import { useEnvironments } from './support/use-environments.ts'

const anEnvironment = useEnvironments('dev')
let source: string

beforeAll(async () => {
  source = await clip('green')
})

/** What one caller has: nothing of it is shared with another one. */
const aCaller = ({ temporal, sandbox, dependencies }: RemovalEnvironment): Removals =>
  createRemovals({
    client: temporal.client,
    storage: dependencies.storage,
    vendorBaseUrl: sandbox.url,
  })

describe('callers that ask for the same thing at the same moment, without an id', () => {
  it('buy one job, and each gets its document', async () => {
    const environment = await anEnvironment()
    const callers = [1, 2, 3].map(() => aCaller(environment))
    const joined: string[] = []

    const started = await Promise.all(callers.map((caller) => caller.start({ source, project: 'twins' })))
    const documents = await Promise.all(
      started.map(({ id }, index) =>
        callers[index]!.result(id, { onJoined: (intoId) => joined.push(intoId) }),
      ),
    )

    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1, uploads: 1 })
    const [first] = documents
    expect(first).toMatchObject({ state: 'succeeded' })
    expect(documents).toEqual([first, first, first])
    expect(new Set(joined)).toEqual(new Set(joined.length === 0 ? [] : [first?.id]))
    for (const { id } of started) {
      expect(await callers[0]!.status(id)).toEqual(first)
      expect(await stagedInputs(environment, id)).toEqual([])
    }
    expect((await allOf(callers[0]!.list({ project: 'twins' }))).map(({ id }) => id)).toEqual([first?.id])
  })

  itInFull('share its failure as well, and a later call buys anew', async () => {
    const environment = await anEnvironment({ sandbox: { faults: [failJob()] } })
    const [one, other] = [aCaller(environment), aCaller(environment)]

    const started = await Promise.all([one, other].map((caller) => caller.start({ source, project: 'fail' })))
    const failures = await Promise.all(started.map(({ id }) => rejectionOf(one.result(id))))

    expect(failures.map((failure) => (failure as { kind?: string }).kind)).toEqual([
      'ProcessingFailed',
      'ProcessingFailed',
    ])
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1 })
    expect(await one.remove({ source, project: 'fail' })).toMatchObject({ state: 'succeeded' })
  })

  itInFull('buy each for itself where they ask for a new one', async () => {
    const environment = await anEnvironment()
    const callers = [aCaller(environment), aCaller(environment)]

    await Promise.all(callers.map((caller) => caller.remove({ source, project: 'anew' }, { isNew: true })))

    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 2 })
  })

  itInFull('cancel the one that they share', async () => {
    const environment = await anEnvironment({ sandbox: { faults: [neverEnd()] } })
    const caller = aCaller(environment)
    const started = await Promise.all([1, 2].map(() => caller.start({ source, project: 'ends' })))
    const ids = started.map(({ id }) => id)
    await expect
      .poll(async () => (await caller.status(ids[0] ?? '')).state, { timeout: 20_000 })
      .toBe('processing')
    await expect
      .poll(async () => (await caller.status(ids[1] ?? '')).state, { timeout: 20_000 })
      .toBe('processing')

    const documents = [await caller.cancel(ids[1] ?? ''), await caller.status(ids[0] ?? '')]

    expect(documents[0]).toMatchObject({ state: 'cancelled', credits: { charged: null } })
    expect(documents[1]).toEqual(documents[0])
  })

  it('are not held up by one whose workflow was terminated', async () => {
    const environment = await anEnvironment({ sandbox: { faults: [neverEnd()] } })
    const caller = aCaller(environment)
    const { id } = await caller.start({ source, project: 'gone' })
    await expect.poll(async () => (await caller.status(id)).state, { timeout: 20_000 }).toBe('processing')
    await environment.temporal.client.workflow.getHandle(workflowIdOf(id)).terminate('an operator')

    const later = await caller.remove({ source, project: 'gone' })

    expect(later).toMatchObject({ state: 'succeeded' })
    expect(later.id).not.toBe(id)
  })
})
