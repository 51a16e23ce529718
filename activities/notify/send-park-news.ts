import { Context, log } from '@temporalio/activity'
import { parkMessage } from '../../domain/notify/park-message.ts'
import type { ParkNews } from '../../domain/notify/parked-group.ts'
import { activity, patient } from '../activity.ts'
import type { ActivityDependencies } from '../dependencies.ts'

export interface SendParkNewsInput {
  news: ParkNews[]
}

/** As long as its policy repeats it. */
const PATIENCE_MS = 86_400_000

/** Tells whoever asked what is new about parked removals, in one word for all groups. */
export function sendParkNews(deps: ActivityDependencies) {
  const { metrics } = deps
  return activity(
    async ({ news }: SendParkNewsInput): Promise<void> => {
      const { notifications } = deps
      if (notifications === undefined) return
      try {
        await notifications.send(parkMessage(news, notifications.shape), Context.current().cancellationSignal)
      } catch (error) {
        metrics.count('matteflow_notifications', { outcome: 'failed' })
        throw error
      }
      metrics.count('matteflow_notifications', { outcome: 'sent' })
      log.info('told of parked removals', { groups: news.length })
    },
    patient(deps, PATIENCE_MS),
  )
}
