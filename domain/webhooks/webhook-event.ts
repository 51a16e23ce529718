import type { ParkRecord } from '../park-record.ts'
import type { RemovalDocument } from '../removal-document.ts'

/** What an endpoint can hear of. Source: docs/reference.md. */
export const WEBHOOK_EVENTS = [
  'removal.succeeded',
  'removal.failed',
  'removal.cancelled',
  'removal.parked',
  'removal.resumed',
] as const
export type WebhookEventType = (typeof WEBHOOK_EVENTS)[number]

/** What an endpoint hears when somebody tries it; of no removal. */
export const TEST_EVENT = 'webhook.test'

/** One thing that happened to a removal, to be told to the endpoints of its project. */
export interface WebhookEvent {
  /** The same for every endpoint and every try, so that a receiver knows what it has heard. */
  id: string
  type: WebhookEventType
  project: string
  removalId: string
  state: string
  /** Epoch milliseconds; of two events of a removal the later one holds. */
  atMs: number
}

/** The event of an end; null for a document that is of no end. */
export function endEvent(document: RemovalDocument): WebhookEvent | null {
  const { id, project, state, finishedAt } = document
  const type = WEBHOOK_EVENTS.find((known) => known === `removal.${state}`)
  if (type === undefined || finishedAt === null) return null
  const removalId = id
  return { id: `evt_${removalId}_end`, type, project, removalId, state, atMs: Date.parse(finishedAt) }
}

/** The event of a park, or of its end. One that a cancellation ended is told by the removal's own end. */
export function parkEvent({ removalId, project, parkedAtMs, end }: ParkRecord): WebhookEvent | null {
  const of = { project, removalId }
  if (end === null)
    return {
      ...of,
      id: `evt_${removalId}_${parkedAtMs}_parked`,
      type: 'removal.parked',
      state: 'parked',
      atMs: parkedAtMs,
    }
  if (end.by === 'cancel') return null
  return {
    ...of,
    id: `evt_${removalId}_${parkedAtMs}_resumed`,
    type: 'removal.resumed',
    state: 'resumed',
    atMs: end.atMs,
  }
}

/** What is sent: as thin as can be, since the document is had under its id. Source: Standard Webhooks 1.0.0. */
export function webhookBody(event: {
  type: string
  removalId: string | null
  state: string | null
  at: Date
}): string {
  const { type, removalId, state, at } = event
  return JSON.stringify({
    type,
    timestamp: at.toISOString(),
    data: { id: removalId, state, version: at.getTime() },
  })
}
