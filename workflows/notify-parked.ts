import { continueAsNew, isCancellation, setCurrentDetails, sleep, workflowInfo } from '@temporalio/workflow'
import { afterTelling } from '../domain/notify/after-telling.ts'
import type { ToldGroup } from '../domain/notify/parked-group.ts'
import { DEFAULT_POLICY_SETTINGS } from '../domain/policies.ts'
import { notificationsUnder } from './activities.ts'

/** Between a word that could not be told for a day, or a search that failed, and the next search. */
const PAUSE_MS = 60_000

/**
 * Tells whoever asked when removals park: once when that begins, again when it grew tenfold or a day has passed, once when
 * it is over, grouped by kind and project. One workflow does so for the whole namespace, and no removal waits for it.
 *
 * @param told what earlier runs have told
 * @returns when nobody asks to be told any more
 */
export async function notifyParked(told: ToldGroup[] = []): Promise<void> {
  const { findParkNews, sendParkNews } = notificationsUnder(DEFAULT_POLICY_SETTINGS)
  // Whoever starts it by hand may give anything.
  let known = Array.isArray(told) ? told : []
  for (;;) {
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof notifyParked>(known)
    setCurrentDetails(detailsOf(known))
    try {
      const found = await findParkNews({ told: known }, { summary: 'look what is new about parked removals' })
      if (found === null) return
      await sendParkNews({ news: found.news }, { summary: `tell of ${found.news.length} groups` })
      known = afterTelling(known, found.news, Date.now())
    } catch (error) {
      if (isCancellation(error)) throw error
      // What could not be told is found again, as it is then.
      await sleep(PAUSE_MS, { summary: 'before the next look' })
    }
  }
}

function detailsOf(told: readonly ToldGroup[]): string {
  if (told.length === 0) return 'Nothing was told that is not over.'
  const lines = told.map(
    ({ kind, project, count }) => `- ${count} parked for **${kind}**, project ${project}`,
  )
  return ['Told, and not over yet:', ...lines].join('\n')
}
