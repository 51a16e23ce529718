import type { Ledger } from '../../adapters/ledger/ledger.ts'
import type { Storage } from '../../adapters/storage/storage.ts'

export interface SweptInputs {
  ledger: Pick<Ledger, 'removals' | 'deletions'>
  storage: Pick<Storage, 'list' | 'remove'>
  /** Whether the removal's workflow runs: one that was not admitted yet has no row in the ledger. */
  isRunning(removalId: string): Promise<boolean>
}

/** As inputs are staged for a removal. What people put there under names of their own is theirs. */
const STAGED_KEY = /^inputs\/([A-Za-z0-9_-]{1,64})\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\/[^/]+$/

/**
 * Removes inputs that no removal will read any more: of one that has ended, where its end could not remove them, and of
 * one that never began, since whoever staged them died before. The latter go when a second sweep finds them unchanged,
 * for a start comes right after the staging. Resolves with how many files went.
 */
export function createInputSweep({ ledger, storage, isRunning }: SweptInputs): () => Promise<number> {
  let unknown = new Set<string>()
  return async () => {
    const stillUnknown = new Set<string>()
    const isOver = new Map<string, boolean>()
    let removed = 0
    for await (const key of storage.list('inputs')) {
      const [, id] = STAGED_KEY.exec(key) ?? []
      if (id === undefined) continue
      if (!isOver.has(id)) isOver.set(id, await isNotNeeded(id))
      if (!isOver.get(id)) continue
      await storage.remove(key)
      removed += 1
    }
    unknown = stillUnknown
    return removed

    async function isNotNeeded(id: string): Promise<boolean> {
      const record = await ledger.removals.find(id)
      if (record === undefined) {
        if (await isRunning(id)) return false
        stillUnknown.add(id)
        if (!unknown.has(id)) return false
      } else if (record.closedAt === null) return false
      return (await ledger.deletions.readersOf(id, [`inputs/${id}`])).length === 0
    }
  }
}
