import type { Dispatcher } from 'undici'
import { request } from 'undici'

/** A signed event on its way to a receiver. */
export interface SignedEvent {
  url: URL
  headers: Record<string, string>
  body: string
}

/** What a receiver answered; a redirect is a response like any other, and is not followed. */
export interface ReceiverResponse {
  status: number
  /** As the receiver wrote it; null where it did not. */
  retryAfter: string | null
}

/** Receivers are told to answer at once and to work later; Standard Webhooks has 15 to 30 s. */
const ANSWER_WITHIN_MS = 20_000

/** One POST, along a way that leads only where it may. Throws what the network threw. */
export async function postEvent(
  { url, headers, body }: SignedEvent,
  { dispatcher, signal }: { dispatcher: Dispatcher; signal?: AbortSignal },
): Promise<ReceiverResponse> {
  const patience = AbortSignal.timeout(ANSWER_WITHIN_MS)
  const response = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'matteflow', ...headers },
    body,
    dispatcher,
    signal: signal === undefined ? patience : AbortSignal.any([signal, patience]),
  })
  // What it says beyond its status is of no use, and may be without end.
  await response.body.dump({ limit: 64 * 1024 }).catch(() => {})
  const retryAfter = response.headers['retry-after']
  return {
    status: response.statusCode,
    retryAfter: (Array.isArray(retryAfter) ? retryAfter[0] : retryAfter) ?? null,
  }
}
