import type { Client } from '@temporalio/client'
import type { Logger } from 'pino'
import { startDelivery } from '../activities/webhooks/start-delivery.ts'
import type { Ledger } from '../adapters/ledger/ledger.ts'

interface Dispatching {
  client: Client
  webhooks: Pick<Ledger['webhooks'], 'undispatched' | 'recordDispatched'>
  log: Pick<Logger, 'info' | 'warn'>
  everyMs?: number
}

/** Replays and tests begin within this time; an index answers that there is nothing. */
const EVERY_MS = 5_000
const AT_ONCE = 100

/** Starts the deliveries that are recorded and not begun: what a died worker has left, replays, tests. */
export function dispatchWebhooks({ everyMs = EVERY_MS, log, ...around }: Dispatching): () => void {
  let isStopped = false
  let isFailing = false
  let timer: NodeJS.Timeout | undefined
  const dispatch = async (): Promise<void> => {
    try {
      await dispatchOnce(around)
      if (isFailing) log.info('webhooks are started again')
      isFailing = false
    } catch (error) {
      if (!isFailing && !isStopped)
        log.warn({ reason: String(error).slice(0, 300) }, 'recorded webhooks cannot be started')
      isFailing = true
    }
    if (isStopped) return
    timer = setTimeout(() => void dispatch(), everyMs)
    timer.unref()
  }
  void dispatch()
  return () => {
    isStopped = true
    clearTimeout(timer)
  }
}

/** One round; several workers may do it at the same moment. */
export async function dispatchOnce({
  client,
  webhooks,
}: Omit<Dispatching, 'log' | 'everyMs'>): Promise<void> {
  for (const deliveryId of await webhooks.undispatched(AT_ONCE)) {
    await startDelivery(client, deliveryId)
    await webhooks.recordDispatched(deliveryId, new Date())
  }
}
