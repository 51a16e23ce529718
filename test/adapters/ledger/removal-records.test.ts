import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../../adapters/ledger/open-database.ts'
import { blankDocument } from '../../../domain/blank-document.ts'
import { RemovalFailure } from '../../../domain/removal-failure.ts'
import { aRemoval, DATABASES, later, useLedger } from './use-ledger.ts'

const failed = (id: string) =>
  blankDocument({ id, failure: new RemovalFailure('ProcessingFailed', 'it failed').toDocument() })

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
      await ledger().removals.close(entry.id, failed(entry.id), later(1))
      expect(await ledger().removals.admit(other)).toEqual({ outcome: 'conflict' })
    })
  })

  describe('a removal that ended', () => {
    it('answers the same request with its document', async () => {
      const entry = aRemoval()
      await ledger().removals.admit(entry)
      const document = failed(entry.id)
      await ledger().removals.close(entry.id, document, later(9_000))

      expect(await ledger().removals.admit(entry)).toEqual({ outcome: 'closed', document })
      expect(await ledger().removals.find(entry.id)).toMatchObject({
        finalStatus: 'failed',
        failureKind: 'ProcessingFailed',
        closedAt: later(9_000),
      })
    })

    it('keeps its first document', async () => {
      const entry = aRemoval()
      await ledger().removals.admit(entry)
      const first = failed(entry.id)
      const second = { ...first, state: 'cancelled' as const }

      expect(await ledger().removals.close(entry.id, first, later(1))).toEqual(first)
      expect(await ledger().removals.close(entry.id, second, later(2))).toEqual(first)
      expect(await ledger().removals.find(entry.id)).toMatchObject({
        finalStatus: 'failed',
        closedAt: later(1),
      })
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
