import { Context, log } from '@temporalio/activity'
import type { EndedRemoval } from '../../adapters/ledger/deletion-records.ts'
import { activity, heartbeat } from '../activity.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { removeFiles } from './remove-files.ts'

/** What one sweep did. */
export interface ExpiryReport {
  deleted: number
  /** Left for the next sweep, since an unfinished removal reads their files. */
  inUse: number
}

const PAGE = 100

/**
 * Deletes the files of removals that ended longer ago than files are kept, the oldest first. Nothing is deleted where
 * this worker keeps them for ever.
 */
export function deleteExpired(deps: ActivityDependencies) {
  return activity(async (): Promise<ExpiryReport> => {
    const report = { deleted: 0, inUse: 0 }
    const { keepMs = null } = deps
    if (keepMs === null) return report
    const context = Context.current()
    const now = new Date(await deps.now())
    const before = new Date(now.getTime() - keepMs)
    for (let after: EndedRemoval | null = null; ; ) {
      const page: EndedRemoval[] = await deps.ledger.deletions.keptSince(before, after, PAGE)
      for (const removal of page) {
        context.cancellationSignal.throwIfAborted()
        heartbeat(report)
        const readers = await removeFiles(removal.id, deps)
        if (readers.length > 0) report.inUse += 1
        else {
          await deps.ledger.deletions.record(removal.id, now)
          report.deleted += 1
        }
      }
      after = page.at(-1) ?? null
      if (page.length < PAGE) break
    }
    log.info('expired files deleted', { ...report })
    return report
  }, deps)
}
