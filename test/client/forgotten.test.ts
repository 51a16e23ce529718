import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RemovalDocument, RemovalRecords, Removals } from '../../client/index.ts'
import { createRemovals } from '../../client/index.ts'
import { blankDocument } from '../../domain/removal-document.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { allOf } from './support/all-of.ts'
import type { ClientEnvironment } from './support/client-environment.ts'
import { rejectionOf, startClientEnvironment } from './support/client-environment.ts'

let env: ClientEnvironment
let removals: Removals
let known: string
const recorded: RemovalDocument[] = []
let isAway = false

const records: RemovalRecords = {
  find: async (id) => recorded.find((document) => document.id === id),
  async *list() {
    if (isAway) throw new RemovalFailure('PlatformUnavailable', 'the ledger is away')
    yield* recorded
  },
}

function aRecord(id: string, given: Partial<RemovalDocument>): RemovalDocument {
  const failure = new RemovalFailure('ProcessingFailed', 'it failed').toDocument()
  return { ...blankDocument({ id, failure }), createdAt: '2026-01-01T00:00:00.000Z', ...given }
}

beforeAll(async () => {
  env = await startClientEnvironment()
  removals = createRemovals({ client: env.client, storage: env.storage, records })
  known = (await removals.start({ source: await env.aClip(), reference: 'waits' })).id
  recorded.push(
    aRecord(known, { state: 'processing', failure: null, createdAt: new Date().toISOString() }),
    aRecord('ended', { state: 'succeeded', failure: null }),
    aRecord('failed', {}),
    aRecord('lost', { state: 'starting', failure: null }),
  )
})
afterAll(() => env.close())

describe('a removal that Temporal has forgotten', () => {
  it('is answered from the records', async () => {
    expect(await removals.status('ended')).toEqual(recorded[1])
    expect(await removals.result('ended')).toEqual(recorded[1])
    expect(await allOf(removals.watch('failed'))).toEqual([recorded[2]])
    expect(await rejectionOf(removals.result('failed'))).toMatchObject({ kind: 'ProcessingFailed' })
  })

  it('has failed where its record is open: nothing works on it any more', async () => {
    expect(await removals.status('lost')).toMatchObject({
      state: 'failed',
      failure: { kind: 'Unexpected', hint: expect.stringContaining('--id lost') },
    })
  })

  it('stands in the list once, after those that Temporal knows', async () => {
    const listed = (await allOf(removals.list())).map(({ id }) => id)

    expect(listed).toEqual([known, 'ended', 'failed', 'lost'])
    expect((await allOf(removals.list({ limit: 2 }))).map(({ id }) => id)).toEqual([known, 'ended'])
  })
})

describe('an id that nobody knows', () => {
  it('is refused', async () => {
    expect(await rejectionOf(removals.status('nobody'))).toMatchObject({
      message: expect.stringContaining('no removal nobody'),
    })
  })
})

describe('records that do not answer', () => {
  it('take nothing away from what Temporal lists', async () => {
    isAway = true
    const listed: string[] = []
    const listing = (async () => {
      for await (const { id } of removals.list()) listed.push(id)
    })()

    expect(await rejectionOf(listing)).toMatchObject({ kind: 'PlatformUnavailable' })
    expect(listed).toEqual([known])
  })
})
