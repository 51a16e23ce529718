import { describe, expect, it } from 'vitest'
import { removalDocuments } from '../../../adapters/ledger/removal-documents.ts'
import { allOf } from '../../client/support/all-of.ts'
import { aDraft, anEnd, aRemoval, DATABASES, later, useLedger } from './support/use-ledger.ts'

describe.each(DATABASES)('documents in %s', (kind) => {
  const { ledger, database } = useLedger(kind)
  const documents = () => removalDocuments(database())
  const idsOf = async (filter: Parameters<ReturnType<typeof documents>['list']>[0]) =>
    (await allOf(documents().list(filter))).map(({ id }) => id)

  describe('a removal that ended', () => {
    it('is found as its final document', async () => {
      const entry = aRemoval()
      await ledger().removals.admit(entry)
      const settled = await ledger().removals.settle(entry.id, anEnd())

      expect(await documents().find(entry.id)).toEqual(settled?.document)
    })
  })

  describe('a removal that is unfinished', () => {
    it('is found as far as it has come', async () => {
      const entry = aRemoval({ project: 'half', inputBytes: 7, estimatedMillicredits: 2_250 })
      await ledger().removals.admit(entry)
      await ledger().vendorJobs.recordDraft(aDraft({ removalId: entry.id, vendorJobId: `j-${entry.id}` }))

      expect(await documents().find(entry.id)).toMatchObject({
        id: entry.id,
        state: 'starting',
        project: 'half',
        input: { source: 'clip.mp4', bytes: 7 },
        vendorJobs: [{ id: `j-${entry.id}`, state: 'created' }],
        credits: { estimated: 2.25, charged: null },
        finishedAt: null,
      })
    })
  })

  describe('a removal that fell back', () => {
    it('is estimated at the sum of what was started', async () => {
      const entry = aRemoval({ estimatedMillicredits: 3_000 })
      const { removals, vendorJobs } = ledger()
      await removals.admit(entry)
      const estimate = async () => (await documents().find(entry.id))?.credits.estimated
      for (const [purchase, estimatedMillicredits] of [3_000, 2_250].entries()) {
        const key = { removalId: entry.id, purchase: purchase + 1, vendorJobId: `j${purchase}-${entry.id}` }
        await vendorJobs.recordDraft(aDraft({ ...key, estimatedMillicredits }))
        expect(await estimate()).toBe(3)
        await vendorJobs.intendStart(key, later(purchase))
      }

      expect(await estimate()).toBe(5.25)
      expect((await removals.settle(entry.id, anEnd()))?.document.credits.estimated).toBe(5.25)
    })
  })

  describe('a request that joined another removal', () => {
    it('is answered with that one', async () => {
      const [first, second] = [aRemoval({ joinable: true }), aRemoval({ joinable: true })]
      await ledger().removals.admit(first)
      await ledger().removals.join(second, first.id)

      expect(await documents().find(second.id)).toMatchObject({ id: first.id })
    })
  })

  describe('a removal that was never recorded', () => {
    it('is not found', async () => {
      expect(await documents().find('rm_nobody')).toBeUndefined()
    })
  })

  describe('a list', () => {
    it('has the newest first, however many pages they fill', async () => {
      const project = 'pages'
      const entries = Array.from({ length: 205 }, (_, index) =>
        // Some were recorded in the same millisecond.
        aRemoval({ project, createdAt: later(Math.floor(index / 2)) }),
      )
      for (const entry of entries) await ledger().removals.admit(entry)

      const listed = await allOf(documents().list({ project }))

      expect(new Set(listed.map(({ id }) => id)).size).toBe(205)
      const times = listed.map(({ createdAt }) => createdAt ?? '')
      expect(times).toEqual(times.toSorted().reverse())
    })

    it('is narrowed by state, project, time and kind of failure', async () => {
      const project = 'narrow'
      const [ended, open] = [aRemoval({ project }), aRemoval({ project, createdAt: later(60_000) })]
      for (const entry of [ended, open]) await ledger().removals.admit(entry)
      await ledger().removals.settle(ended.id, anEnd())

      expect(await idsOf({ project })).toEqual([open.id, ended.id])
      expect(await idsOf({ project, state: 'failed' })).toEqual([ended.id])
      expect(await idsOf({ project, state: 'parked' })).toEqual([])
      expect(await idsOf({ project, since: later(1) })).toEqual([open.id])
      expect(await idsOf({ project, failure: 'ProcessingFailed' })).toEqual([ended.id])
      expect(await idsOf({ project, failure: 'Cancelled' })).toEqual([])
    })
  })
})
