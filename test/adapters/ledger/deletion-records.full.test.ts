import { describe, expect, it } from 'vitest'
import { removalDocuments } from '../../../adapters/ledger/removal-documents.ts'
import { anEnd, aRemoval, DATABASES, later, useLedger } from './support/use-ledger.ts'

describe.each(DATABASES)('deletions in %s', (kind) => {
  const { ledger, database } = useLedger(kind)

  it('keep the row, its document and what it cost, and say when, once', async () => {
    const entry = aRemoval({ videoUrl: 'https://vendor.test/uploads/face.mp4' })
    await ledger().removals.admit(entry)
    const settled = await ledger().removals.settle(entry.id, anEnd())

    const first = await ledger().deletions.record(entry.id, later(20_000))
    const again = await ledger().deletions.record(entry.id, later(90_000))

    expect([first, again]).toEqual([later(20_000), later(20_000)])
    const deletedAt = later(20_000).toISOString()
    expect(await removalDocuments(database()).find(entry.id)).toEqual({ ...settled?.document, deletedAt })
    expect(await ledger().removals.admit(entry)).toMatchObject({ outcome: 'closed', document: { deletedAt } })
    expect((await ledger().removals.find(entry.id))?.videoUrl).toBeNull()
  })

  it('of what was never recorded record nothing', async () => {
    expect(await ledger().deletions.record('rm_nobody', later(0))).toBeUndefined()
  })

  it('know which unfinished removals read a file beneath a prefix', async () => {
    const [done, open, other] = [
      aRemoval({ inputKey: 'outputs/a_b/1/cutout.webm' }),
      aRemoval({ inputKey: 'outputs/a_b/1/cutout.webm' }),
      aRemoval({ inputKey: 'outputs/aXb/1/cutout.webm' }),
    ]
    for (const entry of [done, open, other]) await ledger().removals.admit(entry)
    await ledger().removals.settle(done.id, anEnd())

    const prefixes = ['inputs/a_b', 'outputs/a_b']
    expect(await ledger().deletions.readersOf('a_b', prefixes)).toEqual([open.id])
    expect(await ledger().deletions.readersOf(open.id, prefixes)).toEqual([])
    expect(await ledger().deletions.readersOf('a', ['outputs/a'])).toEqual([])
  })

  it('are due for what ended before a time, page by page, the oldest first, each once', async () => {
    const ids: string[] = []
    for (let index = 0; index < 5; index += 1) {
      const entry = aRemoval({ id: `due-${index}` })
      await ledger().removals.admit(entry)
      // Two of them at the same moment.
      await ledger().removals.settle(
        entry.id,
        anEnd({ finishedAt: later(-1_000_000 + Math.floor(index / 2)) }),
      )
      ids.push(entry.id)
    }
    await ledger().removals.admit(aRemoval({ id: 'due-open' }))
    await ledger().deletions.record('due-3', later(0))

    const seen: string[] = []
    for (let after = null; ; ) {
      const page = await ledger().deletions.keptSince(later(-900_000), after, 2)
      seen.push(...page.map(({ id }) => id))
      if (page.length < 2) break
      after = page.at(-1) as never
    }

    expect(seen).toEqual(ids.filter((id) => id !== 'due-3'))
  })
})
