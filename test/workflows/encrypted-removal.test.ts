import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { openDatabase } from '../../adapters/ledger/open-database.ts'
import { createPayloadCodec, createRemovals } from '../../client/index.ts'
import { newRemovalId } from '../../domain/removal-id.ts'
import { failJob } from '../../sandbox/index.ts'
import { replayHistories } from '../../testing/index.ts'
import type { RemovalEnvironment } from '../../testing/removal-environment.ts'
import { exportBundle } from '../../testing/tapes/export-bundle.ts'
import { recordedSteps } from '../../testing/tapes/recorded-steps.ts'
import { dataConverterFor, workerConverterFor } from '../../worker/data-converter.ts'
import { jsonFromHistory } from '../../worker/replay/history-json.ts'
import { allOf } from '../client/support/all-of.ts'
import { rejectionOf } from '../client/support/client-environment.ts'
import { clip } from '../support/clips.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { until, untilParkedFor } from './support/observe.ts'
import { rawTraces } from './support/raw-traces.ts'
import { useEnvironments } from './support/use-environments.ts'

const anEnvironment = useEnvironments('dev')
const OLD = { id: 'old', key: randomBytes(32).toString('base64') }
const NEW = { id: 'new', key: randomBytes(32).toString('base64') }
const listOf = (...keys: (typeof OLD)[]): string => keys.map(({ id, key }) => `${id}:${key}`).join(',')
let file: string

beforeAll(async () => {
  file = await clip('green')
})

const encrypting = (keys: string, sandbox: Parameters<typeof anEnvironment>[0] = {}) =>
  anEnvironment({ ...sandbox, variables: { MATTEFLOW_PAYLOAD_KEYS: keys } })

const removalsOf = ({ client, dependencies, sandbox }: RemovalEnvironment) =>
  createRemovals({ client, storage: dependencies.storage, vendorBaseUrl: sandbox.url })

describe('a removal whose payloads are encrypted', () => {
  it('tells Temporal nothing but its search attributes, and its client everything', async () => {
    const environment = await encrypting(listOf(OLD))
    const removals = removalsOf(environment)
    const request = {
      source: file,
      project: 'acme',
      model: 'pro',
      textPrompt: 'the woman in the red coat',
      user: 'ada-lovelace',
      reference: 'order-4711',
    } as const

    const document = await removals.remove(request)

    expect(document).toMatchObject({ state: 'succeeded', user: 'ada-lovelace', reference: 'order-4711' })
    expect(await removals.status(document.id)).toEqual(document)
    const { text, keyIds } = await rawTraces(environment, document.id)
    expect(keyIds).toEqual(new Set(['old']))
    for (const secret of ['red coat', 'ada-lovelace', 'order-4711', 'estimatedMillicredits'])
      expect(text.includes(secret), secret).toBe(false)
    // Proof that the traces were read: what may stand in clear does.
    expect(text.includes('acme'), 'acme').toBe(true)
    await until(environment, 'it is listed', async () => {
      const [listed] = await allOf(removals.list({ project: 'acme' }))
      return listed?.user === 'ada-lovelace'
    })

    const without = createRemovals({
      client: environment.temporal.client,
      storage: environment.dependencies.storage,
    })
    const refused = await rejectionOf(without.status(document.id))
    expect(refused).toMatchObject({ kind: 'PlatformUnavailable' })
    expect(String(refused)).toContain('are encrypted, and this client has no key')
  })

  it('hides the words of its failures as well, and its client still reads them', async () => {
    const faults = [failJob('no foreground in scene Zebra')]
    const environment = await encrypting(listOf(OLD), { sandbox: { faults } })
    const removals = removalsOf(environment)
    const id = newRemovalId()

    const failure = await rejectionOf(removals.remove({ id, source: file }))

    expect(failure).toMatchObject({ kind: 'ProcessingFailed' })
    expect(String(failure)).toContain('Zebra')
    expect(failure).toHaveProperty('document.vendorJobs')
    const { text } = await rawTraces(environment, id)
    expect(text.includes('Zebra'), 'Zebra').toBe(false)
    expect(text.includes('.ts:'), '.ts:').toBe(false)
    expect(text.includes('Encoded failure'), 'Encoded failure').toBe(true)
    expect(text.includes('ProcessingFailed'), 'ProcessingFailed').toBe(true)

    const { database, close } = await openDatabase(environment.settings['DATABASE_URL'] ?? '', {
      poolSize: 1,
    })
    onTestFinished(close)
    const { storage } = environment.dependencies
    const bundle = await exportBundle(
      { client: environment.client, storage, database },
      id,
      await removals.status(id),
    )
    expect(JSON.stringify(bundle)).not.toContain('encryption-key-id')
    const failed = recordedSteps(bundle).activities.find(({ failure }) => failure !== null)
    expect(failed).toMatchObject({ type: 'checkVendorJob', failure: { kind: 'ProcessingFailed' } })
    expect(failed?.failure?.message).toContain('Zebra')
  })
})

describe('an activity that lacks the key of its input', () => {
  it('waits as in an outage of ours', async () => {
    const { payloadCodecs: [ours] = [] } = dataConverterFor({ payloadKeys: [OLD] })
    const { payloadCodecs: [others] = [] } = workerConverterFor({ payloadKeys: [NEW] })
    const payloads = (await ours?.encode([{ metadata: {}, data: Buffer.from('1') }])) ?? []

    await expect(others?.decode(payloads)).rejects.toMatchObject({
      name: 'ApplicationFailure',
      type: 'PlatformUnavailable',
      nonRetryable: false,
    })
  })
})

describe('an encrypted history', () => {
  it('is replayed with its key, and named with the key that is missing without', async () => {
    const environment = await encrypting(listOf(OLD), { sandbox: { credits: 0 } })
    const handle = await environment.start({ source: file })
    await untilParkedFor(environment, handle, 'InsufficientCredits')
    const history = await handle.fetchHistory()
    const path = join(await tempFolder(), 'history.json')
    await writeFile(path, JSON.stringify(jsonFromHistory(history)))

    expect(
      await replayHistories([history, path], { payloadCodecs: [createPayloadCodec([OLD])] }),
    ).toMatchObject([{ outcome: 'replays' }, { outcome: 'replays' }])
    await expect(replayHistories([path])).rejects.toThrow('encrypted with the key old, which is missing here')
  })
})
