import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../../adapters/ledger/open-database.ts'
import { anEnd, aRemoval, DATABASES, later, useLedger } from './support/use-ledger.ts'

describe.each(DATABASES)('removals in %s', (kind) => {
  const { ledger, url } = useLedger(kind)

  describe('a request under a new id', () => {
    it('is admitted and recorded as it is', async () => {
      const entry = aRemoval({
        user: 'u1',
        reference: 'order 7',
        inputBytes: 500_000_000,
        inputDurationSeconds: 3.2,
      })

      const admission = await ledger().removals.admit(entry)

      expect(admission).toMatchObject({ outcome: 'admitted', record: entry })
      expect(await ledger().removals.find(entry.id)).toMatchObject({
        ...entry,
        orphanDrafts: 0,
        document: null,
      })
    })
  })

  describe('a request that comes again while the first is open', () => {
    it('is admitted to what is recorded', async () => {
      const entry = aRemoval()
      await ledger().removals.admit(entry)
      await ledger().removals.recordVideoUrl(entry.id, 'https://vendor.example/v.mp4')

      const again = await ledger().removals.admit({ ...entry, createdAt: later(5_000) })

      expect(again).toMatchObject({
        outcome: 'admitted',
        record: { createdAt: entry.createdAt, videoUrl: 'https://vendor.example/v.mp4' },
      })
    })

    it('is recorded once, however many come at the same moment', async () => {
      const entry = aRemoval()

      const admissions = await Promise.all(Array.from({ length: 8 }, () => ledger().removals.admit(entry)))

      expect(new Set(admissions.map(({ outcome }) => outcome))).toEqual(new Set(['admitted']))
    })
  })

  describe('a request under the id of another', () => {
    it('is refused, also after that one was closed', async () => {
      const entry = aRemoval()
      const other = { ...entry, fingerprint: '0'.repeat(64) }
      await ledger().removals.admit(entry)

      expect(await ledger().removals.admit(other)).toEqual({ outcome: 'conflict' })
      await ledger().removals.settle(entry.id, anEnd())
      expect(await ledger().removals.admit(other)).toEqual({ outcome: 'conflict' })
    })
  })

  describe('a removal that ended', () => {
    it('answers the same request with its document', async () => {
      const entry = aRemoval()
      await ledger().removals.admit(entry)
      const settled = await ledger().removals.settle(entry.id, anEnd())

      expect(await ledger().removals.admit(entry)).toEqual({
        outcome: 'closed',
        document: settled?.document,
      })
      expect(await ledger().removals.find(entry.id)).toMatchObject({
        finalStatus: 'failed',
        failureKind: 'ProcessingFailed',
        closedAt: later(9_000),
      })
    })

    it('keeps its first document', async () => {
      const entry = aRemoval()
      await ledger().removals.admit(entry)

      const first = await ledger().removals.settle(entry.id, anEnd({ finishedAt: later(1) }))
      const second = await ledger().removals.settle(
        entry.id,
        anEnd({ state: 'cancelled', finishedAt: later(2) }),
      )

      expect(first).toMatchObject({ isNew: true, document: { state: 'failed' } })
      expect(second).toEqual({ ...first, isNew: false })
      expect(await ledger().removals.find(entry.id)).toMatchObject({
        finalStatus: 'failed',
        closedAt: later(1),
      })
    })
  })

  describe('requests for the same thing, of callers that gave no id', () => {
    const aTwin = (project: string) => aRemoval({ project, joinable: true })

    it('are recorded once, and the others are told by whom', async () => {
      const twins = Array.from({ length: 8 }, () => aTwin('twins'))

      const admissions = await Promise.all(twins.map((twin) => ledger().removals.admit(twin)))

      const [first] = admissions.flatMap((each) => (each.outcome === 'admitted' ? [each.record.id] : []))
      expect(admissions.filter(({ outcome }) => outcome === 'admitted')).toHaveLength(1)
      expect(admissions.filter(({ outcome }) => outcome === 'taken')).toHaveLength(7)
      expect(admissions.find(({ outcome }) => outcome === 'taken')).toMatchObject({ by: { id: first } })
    })

    it('stay joined for good, also when the other one has ended', async () => {
      const [first, second] = [aTwin('joined'), aTwin('joined')]
      await ledger().removals.admit(first)
      expect(await ledger().removals.join(second, first.id)).toBe(true)
      await ledger().removals.settle(first.id, anEnd())

      expect(await ledger().removals.admit(second)).toEqual({ outcome: 'joined', intoId: first.id })
      const other = { ...second, fingerprint: '0'.repeat(64) }
      expect(await ledger().removals.admit(other)).toEqual({ outcome: 'conflict' })
    })

    it('are each recorded once the one before has ended, or has nobody who works on it', async () => {
      const [first, second, third] = [aTwin('later'), aTwin('later'), aTwin('later')]
      await ledger().removals.admit(first)
      await ledger().removals.settle(first.id, anEnd())
      expect(await ledger().removals.join(second, first.id)).toBe(false)
      expect(await ledger().removals.admit(second)).toMatchObject({ outcome: 'admitted' })

      await ledger().removals.makeRoom(second.id)

      expect(await ledger().removals.admit(third)).toMatchObject({ outcome: 'admitted' })
    })

    it('do not join what another project asked for, or what was given an id', async () => {
      for (const entry of [aTwin('mine'), aTwin('theirs'), aRemoval({ project: 'mine' })])
        expect(await ledger().removals.admit(entry)).toMatchObject({ outcome: 'admitted' })
    })
  })

  describe('creates whose replies were lost', () => {
    it('are counted, each once, also at the same moment', async () => {
      const entry = aRemoval()
      await ledger().removals.admit(entry)

      await Promise.all(Array.from({ length: 5 }, () => ledger().removals.countOrphanDraft(entry.id)))

      expect(await ledger().removals.find(entry.id)).toMatchObject({ orphanDrafts: 5 })
    })
  })

  describe('a second opening of the same database', () => {
    it('migrates nothing twice and loses nothing', async () => {
      const entry = aRemoval()
      await ledger().removals.admit(entry)

      const again = await openDatabase(url())
      await again.close()

      expect(await ledger().removals.find(entry.id)).toMatchObject({ id: entry.id })
    })
  })
})
