import type { Gone } from '../../domain/notify/park-news.ts'
import { parkNews } from '../../domain/notify/park-news.ts'
import type { ParkNews, ToldGroup } from '../../domain/notify/parked-group.ts'
import { heartbeat, lastHeartbeat, patient, pollingActivity, stillWaiting } from '../activity.ts'
import type { ActivityDependencies } from '../dependencies.ts'

export interface FindParkNewsInput {
  told: ToldGroup[]
}

/** Temporal or the ledger may be away for longer than any step waits: nobody is to be told meanwhile. */
const PATIENCE_MS = 30 * 86_400_000

/** What is to be told. */
export interface FoundParkNews {
  /** A row for each group of parks that has changed. */
  news: ParkNews[]
}

/**
 * Looks what stands parked until there is something to tell of it. While there is nothing, it fails benignly and Temporal's
 * server repeats it, so that a quiet month costs three history events. Null where nobody asks to be told any more.
 */
export function findParkNews(deps: ActivityDependencies) {
  const { now } = deps
  return pollingActivity(
    async ({ told }: FindParkNewsInput): Promise<FoundParkNews | null> => {
      const { notifications } = deps
      if (notifications === undefined) return null
      const before = lastHeartbeat() as { gone?: Gone }
      const groups = await notifications.parkedGroups()
      const { news, gone } = parkNews(groups, told, { gone: before.gone ?? {}, nowMs: await now() })
      if (news.length > 0) return { news }
      heartbeat({ gone })
      throw stillWaiting('nothing new about parked removals', notifications.everyMs)
    },
    patient(deps, PATIENCE_MS),
  )
}
