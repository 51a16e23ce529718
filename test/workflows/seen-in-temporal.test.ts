import type { WorkflowHandle } from '@temporalio/client'
import type { temporal } from '@temporalio/proto'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { createRemovals } from '../../client/create-removals.ts'
import { workflowIdOf } from '../../domain/removal-id.ts'
import { clip } from '../support/clips.ts'
import { useEnvironments } from './support/use-environments.ts'

type Metadata = temporal.api.sdk.v1.IWorkflowMetadata

const anEnvironment = useEnvironments('dev')
let source: string

beforeAll(async () => {
  source = await clip('green')
})

async function aParkedRemoval() {
  const environment = await anEnvironment()
  const { client } = environment.temporal
  const { storage } = environment.dependencies
  const removals = createRemovals({ client, storage, vendorBaseUrl: environment.sandbox.url })
  environment.sandbox.setCredits(0)
  const { id } = await removals.start({ source, project: 'acme', model: 'human' })
  await removals.result(id).catch(() => {})
  return { environment, client, removals, id, handle: client.workflow.getHandle(workflowIdOf(id)) }
}

/** The attributes as every client gets them: what the payload of each says. */
async function rawAttributes(handle: WorkflowHandle): Promise<Record<string, string>> {
  const { raw } = await handle.describe()
  const fields = Object.entries(raw.workflowExecutionInfo?.searchAttributes?.indexedFields ?? {})
  return Object.fromEntries(fields.map(([name, { data }]) => [name, Buffer.from(data ?? '').toString()]))
}

describe('a parked removal in Temporal', () => {
  it('is found by why, whose and since when, and says all of it when it is asked', async () => {
    const { client, removals, id, handle } = await aParkedRemoval()
    const { staticSummary } = await (await handle.describe())
      .staticSummary()
      .then((text) => ({ staticSummary: text }))
    const before = new Date(Date.now() + 60_000).toISOString()
    const query = `RemovalState = 'parked' AND RemovalFailure = 'InsufficientCredits' AND RemovalProject = 'acme' AND RemovalParkedSince <= '${before}'`

    expect(staticSummary).toBe('green.mp4 → webm, human, acme')
    await vi.waitFor(async () => expect((await client.workflow.count(query)).count).toBe(1), {
      timeout: 10_000,
    })
    expect(await handle.query('state')).toMatchObject({
      state: 'parked',
      project: 'acme',
      model: 'human',
      vendorJobIds: [expect.any(String)],
      creditsSoFar: 0,
      parkedFor: { kind: 'InsufficientCredits' },
      next: expect.stringContaining(`matteflow resume ${id}`),
    })
    const { currentDetails, definition } = await handle.query<Metadata>('__temporal_workflow_metadata')
    expect(currentDetails).toMatch(/^\*\*parked\*\* since \d{4}-.* UTC/)
    expect(currentDetails).toContain(`\`matteflow resume ${id}\``)
    const described = [
      ...(definition?.signalDefinitions ?? []),
      ...(definition?.updateDefinitions ?? []),
      ...(definition?.queryDefinitions ?? []),
    ].filter(({ name }) => !name?.startsWith('__'))
    expect(new Set(described.map(({ name }) => name))).toEqual(
      new Set(['cancelNote', 'renew', 'resume', 'state', 'vendorHint']),
    )
    for (const { name, description } of described) expect(description, name ?? '').toMatch(/.{20}/)

    await removals.cancel(id)
  })

  it('has no attribute of its park any more once it goes on, not even a null', async () => {
    const { environment, client, removals, id, handle } = await aParkedRemoval()
    const parked = await rawAttributes(handle)
    environment.sandbox.setCredits(null)
    await removals.resume(id)
    await handle.result()

    expect(parked).toMatchObject({ RemovalFailure: '"InsufficientCredits"', RemovalState: '"parked"' })
    expect(parked['RemovalParkedSince']).toMatch(/^"20/)
    const ended = await rawAttributes(handle)
    expect(Object.keys(ended)).not.toContain('RemovalFailure')
    expect(Object.keys(ended)).not.toContain('RemovalParkedSince')
    expect(Object.values(ended)).not.toContain('null')
    expect(await client.workflow.getHandle(handle.workflowId).describe()).toMatchObject({
      searchAttributes: { RemovalState: ['succeeded'], CreditsCharged: [2.25] },
    })
    const query = `RemovalState = 'succeeded' AND RemovalFailure IS NULL AND RemovalParkedSince IS NULL`
    await vi.waitFor(async () => expect((await client.workflow.count(query)).count).toBe(1), {
      timeout: 10_000,
    })
  })

  it('keeps who cancelled it, and why, in its document and its history', async () => {
    const { removals, id, handle } = await aParkedRemoval()

    const document = await removals.cancel(id, { by: 'ada', note: 'the wrong clip' })

    expect(document).toMatchObject({
      state: 'cancelled',
      failure: { kind: 'Cancelled', message: `removal ${id} was cancelled by ada: the wrong clip` },
    })
    const { events } = await handle.fetchHistory()
    const said = events?.flatMap(
      (event) => event.workflowExecutionSignaledEventAttributes?.input?.payloads ?? [],
    )
    expect(Buffer.from(said?.[0]?.data ?? '').toString()).toBe('{"by":"ada","note":"the wrong clip"}')
  })
})
