import { describe, expect, it, onTestFinished } from 'vitest'
import { openDatabase } from '../../adapters/ledger/open-database.ts'
import { removalDocuments } from '../../adapters/ledger/removal-documents.ts'
import { createRemovals } from '../../client/create-removals.ts'
import { newRemovalId } from '../../domain/removal-id.ts'
import { answer, failJob } from '../../sandbox/index.ts'
import { allOf } from '../client/support/all-of.ts'
import { clip } from '../support/clips.ts'
import { untilParkedFor } from './support/observe.ts'
import { useEnvironments } from './support/use-environments.ts'

const anEnvironment = useEnvironments('dev')

/** A removal whose first job failed, and that is parked at the start of the one that stands in. */
async function aParkedFallback() {
  const environment = await anEnvironment({
    sandbox: { faults: [failJob('GPU worker lost'), answer('start', 401, { occurrence: 2 })] },
  })
  const id = newRemovalId()
  const handle = await environment.start({ id, source: await clip('green'), fallback: 'human:mov' })
  await untilParkedFor(environment, handle, 'CredentialsRejected')
  return { ...environment, id }
}

describe('a removal that is parked after a fallback', () => {
  it('shows what each job was made for, to whoever has Temporal alone', async () => {
    const { removals, id } = await aParkedFallback()

    const document = await removals.status(id)

    const jobs = [
      { model: 'original', outputFormat: 'webm' },
      { model: 'human', outputFormat: 'mov' },
    ]
    expect(document.vendorJobs).toMatchObject(jobs)
    await expect
      .poll(async () => (await allOf(removals.list())).find((each) => each.id === id)?.vendorJobs)
      .toMatchObject(jobs)
    // Neither stands in Temporal.
    expect(document).toMatchObject({ input: { durationSeconds: null }, credits: { estimated: null } })
  })

  it('shows all that is known by then, to whoever has the ledger as well', async () => {
    const { client, dependencies, settings, id } = await aParkedFallback()
    const { database, close } = await openDatabase(settings['DATABASE_URL'] ?? '')
    onTestFinished(close)
    const records = removalDocuments(database)
    const removals = createRemovals({ client, storage: dependencies.storage, records })

    expect(await removals.status(id)).toMatchObject({
      state: 'parked',
      failure: { kind: 'CredentialsRejected' },
      input: { source: 'green.mp4', durationSeconds: 3, sha256: expect.any(String) },
      vendorJobs: [
        {
          ...{ model: 'original', outputFormat: 'webm', state: 'failed', keyAlias: 'default' },
          requestIds: expect.arrayContaining([expect.any(String)]),
          credits: { estimated: 3, charged: 3 },
        },
        { model: 'human', outputFormat: 'mov', keyAlias: 'default', credits: { estimated: 2.25 } },
      ],
      credits: { estimated: 3 },
    })
  })

  it('is shown without what the ledger knows while that does not answer', async () => {
    const { client, dependencies, id } = await aParkedFallback()
    const find = () => new Promise<never>(() => {})
    const list = async function* () {}
    const removals = createRemovals({ client, storage: dependencies.storage, records: { find, list } })

    expect(await removals.status(id)).toMatchObject({
      state: 'parked',
      credits: { estimated: null },
    })
  })
})
