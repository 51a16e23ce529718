import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Storage } from '../../adapters/storage/storage.ts'
import type { Removals } from '../../client/index.ts'
import { createRemovals } from '../../client/index.ts'
import { TASK_QUEUES } from '../../domain/policies.ts'
import { neverEnd } from '../../sandbox/index.ts'
import type { RemovalEnvironment } from '../../testing/removal-environment.ts'
import { EXPIRY_SCHEDULE_ID, scheduleExpiry } from '../../worker/recurring/schedule-expiry.ts'
import type { deleteExpired } from '../../workflows/index.ts'
import { DELETE_EXPIRED, deletionIdOf } from '../../workflows/messages.ts'
import { folderStorage, keysOf, s3Storage } from '../adapters/storage/support/use-storages.ts'
import { clip } from '../support/clips.ts'
import { untilState } from './support/observe.ts'
import type { EnvironmentSettings } from './support/use-environments.ts'
import { useEnvironments } from './support/use-environments.ts'

const anEnvironment = useEnvironments('dev')
const DAY_MS = 86_400_000

interface Place {
  environment: RemovalEnvironment
  removals: Removals
  storage: Storage
  filesOf(id: string): Promise<string[]>
}

async function aPlace(settings: EnvironmentSettings = {}): Promise<Place> {
  const environment = await anEnvironment(settings)
  const { storage } = environment.dependencies
  const { client } = environment.temporal
  const { url } = environment.sandbox
  return {
    environment,
    storage,
    removals: createRemovals({ client, storage, vendorBaseUrl: url }),
    async filesOf(id) {
      const folders = ['inputs', 'outputs', 'refused', 'exchanges']
      return (await Promise.all(folders.map((folder) => keysOf(storage.list(`${folder}/${id}`))))).flat()
    },
  }
}

const aRequest = async () => ({
  source: await clip('green'),
  id: `rm_${randomUUID()}`,
  model: 'human' as const,
})

describe('deleting a removal that has ended', () => {
  it.each([
    ['a folder', folderStorage],
    ['S3', s3Storage],
  ])('removes its files from %s, and keeps its row', async (_where, open) => {
    const storage = await open()
    const { removals, environment, filesOf } = await aPlace({ dependencies: { storage } })
    const other = await removals.remove(await aRequest())
    const { id } = await removals.remove(await aRequest())
    await storage.write(`refused/${id}/1/job.webm`, (async function* () {})())
    expect((await filesOf(id)).length).toBeGreaterThan(3)

    const deleted = await removals.delete(id)

    expect(deleted).toMatchObject({ id, state: 'succeeded', credits: { charged: 2.25 } })
    expect(Date.parse(deleted.deletedAt ?? '')).toBeGreaterThan(Date.parse(deleted.finishedAt ?? ''))
    expect(await filesOf(id)).toEqual([])
    expect((await keysOf(storage.list(`starts/${id}`))).length).toBe(1)
    expect((await filesOf(other.id)).length).toBeGreaterThan(2)
    const record = await environment.dependencies.ledger.removals.find(id)
    expect(record).toMatchObject({ finalStatus: 'succeeded', videoUrl: null })
    expect(record?.deletedAt?.toISOString()).toBe(deleted.deletedAt)
  })

  it('changes nothing a second time, and is told by every look at it', async () => {
    const { removals, environment } = await aPlace()
    const request = await aRequest()
    const { id } = await removals.remove(request)

    const first = await removals.delete(id)
    const again = await removals.delete(id)

    expect(again.deletedAt).not.toBeNull()
    expect((await environment.dependencies.ledger.removals.find(id))?.deletedAt?.toISOString()).toBe(
      first.deletedAt,
    )
    expect((await removals.status(id)).deletedAt).not.toBeNull()
    expect((await removals.result(id)).deletedAt).not.toBeNull()
    // The same request again is the same removal: nothing is bought.
    expect((await removals.start(request)).document.deletedAt).not.toBeNull()
    expect(environment.sandbox.report().jobsBought).toBe(1)
  })

  it('is told with the moment of the ledger where there are records, also after Temporal has forgotten it', async () => {
    const { removals, environment, storage } = await aPlace()
    const { id } = await removals.remove(await aRequest())
    const { deletedAt } = await removals.delete(id)
    const { client } = environment.temporal
    const find = async (asked: string) => (await environment.dependencies.ledger.removals.find(asked)) ?? null
    const recorded = createRemovals({
      client,
      storage,
      records: {
        find: async (asked) => {
          const record = await find(asked)
          return record?.document
            ? { ...record.document, deletedAt: record.deletedAt?.toISOString() ?? null }
            : undefined
        },
        async *list() {},
      },
    })

    expect((await recorded.status(id)).deletedAt).toBe(deletedAt)
  })

  it('of one that failed takes its exchanges as well', async () => {
    const { removals, filesOf } = await aPlace()
    const request = { ...(await aRequest()), maxCredits: 0.001 }
    await expect(removals.remove(request)).rejects.toMatchObject({ kind: 'BudgetExceeded' })

    await removals.delete(request.id)

    expect(await filesOf(request.id)).toEqual([])
    expect((await removals.status(request.id)).deletedAt).not.toBeNull()
  })
})

describe('deleting what may not be deleted', () => {
  it('refuses an unfinished removal, says how to go on, and leaves its input', async () => {
    const { removals, environment, filesOf } = await aPlace({ sandbox: { faults: [neverEnd()] } })
    const { source, id, model } = await aRequest()
    const handle = await environment.start({ source, id, model })
    await untilState(environment, handle, 'processing')

    const refused = removals.delete(id)

    await expect(refused).rejects.toMatchObject({
      kind: 'InvalidRequest',
      message: expect.stringContaining('not finished'),
    })
    await expect(refused).rejects.toSatisfy((error: { toDocument(): { hint: string } }) =>
      error.toDocument().hint.includes(`matteflow cancel ${id}`),
    )
    expect((await filesOf(id)).some((key) => key.startsWith('inputs/'))).toBe(true)
    // A service that starts the workflow itself is refused as well.
    const own = environment.temporal.client.workflow.execute('deleteRemoval', {
      workflowId: deletionIdOf(id),
      taskQueue: TASK_QUEUES.own,
      args: [{ removalId: id }],
    })
    await expect(own).rejects.toMatchObject({ cause: { type: 'InvalidRequest' } })
    expect((await filesOf(id)).some((key) => key.startsWith('inputs/'))).toBe(true)
  })

  it('refuses a removal whose output an unfinished one was given, until that has ended', async () => {
    const { removals, environment, storage } = await aPlace({
      sandbox: { faults: [neverEnd({ jobIndex: 2 })] },
    })
    const first = await removals.remove({ ...(await aRequest()), outputFormat: 'mov' })
    const key = (await keysOf(storage.list(`outputs/${first.id}`)))[0] ?? ''
    const reader = await removals.start({ source: { stored: key }, outputFormat: 'mov' })
    await untilState(
      environment,
      environment.temporal.client.workflow.getHandle(`removal/${reader.id}`),
      'processing',
    )

    await expect(removals.delete(first.id)).rejects.toMatchObject({
      message: expect.stringContaining(reader.id),
    })
    expect(await storage.stat(key)).toBeDefined()

    await removals.cancel(reader.id)
    await removals.delete(first.id)
    expect(await storage.stat(key)).toBeUndefined()
  })

  it('knows no removal that never was', async () => {
    const { removals } = await aPlace()

    await expect(removals.delete('rm_nobody')).rejects.toMatchObject({ kind: 'NotFound' })
  })
})

describe('what is older than files are kept', () => {
  const sweep = ({ environment }: Place) =>
    environment.temporal.client.workflow.execute<typeof deleteExpired>(DELETE_EXPIRED, {
      workflowId: `expiry-${randomUUID()}`,
      taskQueue: TASK_QUEUES.own,
    })

  it('is deleted by a sweep, and the rest is kept', async () => {
    let aheadMs = 0
    const place = await aPlace({ dependencies: { keepMs: DAY_MS, now: () => Date.now() + aheadMs } })
    const { removals, filesOf } = place
    const { id: old } = await removals.remove(await aRequest())
    expect(await sweep(place)).toEqual({ deleted: 0, inUse: 0 })
    aheadMs = 2 * DAY_MS
    const { id: young } = await removals.remove(await aRequest())

    const report = await sweep(place)

    expect(report.deleted).toBeGreaterThanOrEqual(1)
    expect(await filesOf(old)).toEqual([])
    expect((await filesOf(young)).length).toBeGreaterThan(2)
    expect(await sweep(place)).toEqual({ deleted: 0, inUse: 0 })
  })

  it('is kept where nothing says how long', async () => {
    const place = await aPlace({ dependencies: { now: () => Date.now() + 900 * DAY_MS } })
    const { id } = await place.removals.remove(await aRequest())

    expect(await sweep(place)).toEqual({ deleted: 0, inUse: 0 })
    expect((await place.filesOf(id)).length).toBeGreaterThan(2)
  })

  it('is swept by a schedule, which goes when files are kept for ever', async () => {
    const place = await aPlace({ dependencies: { keepMs: 1, now: () => Date.now() + DAY_MS } })
    const { client } = place.environment.temporal
    const { id } = await place.removals.remove(await aRequest())
    const warnings: unknown[] = []
    const log = { warn: (...said: unknown[]) => void warnings.push(said) }

    await scheduleExpiry(client, DAY_MS, log as never)
    await scheduleExpiry(client, 120_000, log as never)
    const schedule = client.schedule.getHandle(EXPIRY_SCHEDULE_ID)
    expect((await schedule.describe()).spec.intervals).toMatchObject([{ every: 120_000 }])
    await schedule.trigger()
    await expect.poll(() => place.filesOf(id), { timeout: 30_000 }).toEqual([])

    await scheduleExpiry(client, null, log as never)
    await expect(schedule.describe()).rejects.toThrow()
    await scheduleExpiry(client, null, log as never)
    expect(warnings).toEqual([])
  })
})
