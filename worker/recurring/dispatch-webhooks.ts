import type { Client } from '@temporalio/client'
import type { Logger } from 'pino'
import { startDelivery } from '../../activities/webhooks/start-delivery.ts'
import type { Ledger } from '../../adapters/ledger/ledger.ts'
import { repeatEvery } from '../../domain/repeat-every.ts'

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
  const words = { failing: 'recorded webhooks cannot be started', again: 'webhooks are started again' }
  return repeatEvery({ pauseMs: everyMs, log, ...words }, () => dispatchOnce(around))
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
