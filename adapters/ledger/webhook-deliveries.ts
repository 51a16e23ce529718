import { randomUUID } from 'node:crypto'
import { and, desc, eq, inArray, isNull, or, sql } from 'drizzle-orm'
import type { WebhookEvent } from '../../domain/webhooks/webhook-event.ts'
import { TEST_EVENT } from '../../domain/webhooks/webhook-event.ts'
import type { Database } from './open-database.ts'
import { isEndpoint } from './webhook-endpoints.ts'
import { webhookAttempts, webhookDeliveries, webhookEndpoints } from './webhook-schema.ts'

/** A delivery, and where it goes with which secrets. Only what sends it asks for this. */
export interface DeliveryToSend {
  eventId: string
  type: string
  removalId: string | null
  state: string | null
  occurredAt: Date
  endpointId: string
  url: string
  secrets: string[]
}

/** One try of a delivery. */
interface DeliveryAttempt {
  attempt: number
  at: Date
  status: number | null
  error: string | null
  tookMs: number
}

/** A delivery of the log, with its last try. */
export interface LoggedDelivery {
  id: string
  endpointId: string
  eventId: string
  type: string
  removalId: string | null
  createdAt: Date
  /** `delivered`, `failed` or `skipped`; null while it is under way. */
  outcome: string | null
  attempts: number
  lastStatus: number | null
  lastError: string | null
}

/** How a delivery ended. */
type DeliveryOutcome = 'delivered' | 'failed' | 'skipped'

/** The ledger's rows about what endpoints are told: what is to be sent, each try, and the log of both. */
export interface DeliveryRows {
  /**
   * Records a delivery of an event for each endpoint that hears of it, once. Gives the ids of those that nobody has
   * begun to send.
   */
  announce(event: WebhookEvent): Promise<string[]>
  recordDispatched(deliveryId: string, at: Date): Promise<void>
  /** Deliveries that nobody has begun to send, the oldest first. */
  undispatched(limit: number): Promise<string[]>
  /** Undefined for one that has ended, or whose endpoint hears no more. */
  toSend(deliveryId: string, now: Date): Promise<DeliveryToSend | undefined>
  recordAttempt(deliveryId: string, attempt: DeliveryAttempt): Promise<void>
  recordOutcome(deliveryId: string, outcome: DeliveryOutcome, at: Date): Promise<void>
  /** Sends what an endpoint was, or was to be, told once more: one event, or all since a time. How many. */
  replay(
    wanted: {
      project: string | null
      eventId?: string
      endpointId?: string
      since?: Date
    },
    at: Date,
  ): Promise<number>
  /** An event of no removal, for one endpoint. Gives the delivery's id; undefined where there is no such endpoint. */
  test(id: string, project: string | null, at: Date): Promise<string | undefined>
  /** The log, the youngest first. */
  deliveries(
    wanted: {
      project: string | null
      endpointId?: string
      id?: string
    },
    limit: number,
  ): Promise<LoggedDelivery[]>
}

/** Those of one database. */
export function deliveryRecords(database: Database): DeliveryRows {
  return {
    async announce({ id, type, project, removalId, state, atMs }: WebhookEvent): Promise<string[]> {
      const at = new Date(atMs).toISOString()
      const { rows } = await database.execute(sql`
        with added as (
          insert into webhook_deliveries
            (id, endpoint_id, event_id, type, removal_id, state, occurred_at, created_at)
          select e.id || '/' || ${id}::text, e.id, ${id}::text, ${type}::text, ${removalId}::text, ${state}::text,
            ${at}::timestamptz, now()
          from webhook_endpoints e
          where e.project = ${project} and ${type}::text = any(e.events)
            and e.disabled_at is null and e.removed_at is null
          on conflict do nothing
          returning id)
        select id from added
        union select id from webhook_deliveries where event_id = ${id}::text and dispatched_at is null`)
      return rows.map((row) => String(row['id']))
    },

    async recordDispatched(deliveryId: string, at: Date): Promise<void> {
      await database
        .update(webhookDeliveries)
        .set({ dispatchedAt: at })
        .where(and(eq(webhookDeliveries.id, deliveryId), isNull(webhookDeliveries.dispatchedAt)))
    },

    async undispatched(limit: number): Promise<string[]> {
      const rows = await database
        .select({ id: webhookDeliveries.id })
        .from(webhookDeliveries)
        .where(isNull(webhookDeliveries.dispatchedAt))
        .orderBy(webhookDeliveries.createdAt)
        .limit(limit)
      return rows.map(({ id }) => id)
    },

    async toSend(deliveryId: string, now: Date): Promise<DeliveryToSend | undefined> {
      const [row] = await database
        .select()
        .from(webhookDeliveries)
        .innerJoin(webhookEndpoints, eq(webhookEndpoints.id, webhookDeliveries.endpointId))
        .where(
          and(
            eq(webhookDeliveries.id, deliveryId),
            isNull(webhookDeliveries.outcome),
            isNull(webhookEndpoints.disabledAt),
            isNull(webhookEndpoints.removedAt),
          ),
        )
      if (row === undefined) return undefined
      const { webhook_deliveries: delivery, webhook_endpoints: endpoint } = row
      const { eventId, type, removalId, state, occurredAt, endpointId } = delivery
      const { secret, previousSecret, previousSecretUntil } = endpoint
      const isLive = previousSecret !== null && previousSecretUntil !== null && previousSecretUntil > now
      const secrets = isLive ? [secret, previousSecret] : [secret]
      return { eventId, type, removalId, state, occurredAt, endpointId, url: endpoint.url, secrets }
    },

    async recordAttempt(deliveryId: string, attempt: DeliveryAttempt): Promise<void> {
      await database
        .insert(webhookAttempts)
        .values({ deliveryId, ...attempt, error: attempt.error?.slice(0, 300) ?? null })
        .onConflictDoNothing()
    },

    async recordOutcome(deliveryId: string, outcome: DeliveryOutcome, at: Date): Promise<void> {
      await database
        .update(webhookDeliveries)
        .set({ outcome, finishedAt: at })
        .where(and(eq(webhookDeliveries.id, deliveryId), isNull(webhookDeliveries.outcome)))
    },

    async replay(
      {
        project,
        eventId,
        endpointId,
        since,
      }: { project: string | null; eventId?: string; endpointId?: string; since?: Date },
      at: Date,
    ): Promise<number> {
      const { rowCount } = await database.execute(sql`
        insert into webhook_deliveries
          (id, endpoint_id, event_id, type, removal_id, state, occurred_at, created_at)
        select distinct on (d.endpoint_id, d.event_id)
          d.endpoint_id || '/' || d.event_id || '/' || ${String(at.getTime())}::text, d.endpoint_id, d.event_id, d.type,
          d.removal_id, d.state, d.occurred_at, now()
        from webhook_deliveries d join webhook_endpoints e on e.id = d.endpoint_id
        where e.removed_at is null and e.disabled_at is null
          and (${project}::text is null or e.project = ${project}::text)
          and (${eventId ?? null}::text is null or d.event_id = ${eventId ?? null}::text or d.id = ${eventId ?? null}::text)
          and (${endpointId ?? null}::text is null or e.id = ${endpointId ?? null}::text)
          and (${since?.toISOString() ?? null}::timestamptz is null or d.occurred_at >= ${since?.toISOString() ?? null}::timestamptz)
        on conflict do nothing`)
      return rowCount ?? 0
    },

    async test(id: string, project: string | null, at: Date): Promise<string | undefined> {
      const eventId = `evt_test_${randomUUID().replaceAll('-', '')}`
      const [endpoint] = await database
        .select({ id: webhookEndpoints.id })
        .from(webhookEndpoints)
        .where(isEndpoint(id, project))
      if (endpoint === undefined) return undefined
      const deliveryId = `${id}/${eventId}`
      const event = {
        id: deliveryId,
        endpointId: id,
        eventId,
        type: TEST_EVENT,
        occurredAt: at,
        createdAt: at,
      }
      await database.insert(webhookDeliveries).values(event)
      return deliveryId
    },

    async deliveries(
      { project, endpointId, id }: { project: string | null; endpointId?: string; id?: string },
      limit: number,
    ): Promise<LoggedDelivery[]> {
      const rows = await database
        .select({ delivery: webhookDeliveries })
        .from(webhookDeliveries)
        .innerJoin(webhookEndpoints, eq(webhookEndpoints.id, webhookDeliveries.endpointId))
        .where(
          and(
            project === null ? undefined : eq(webhookEndpoints.project, project),
            endpointId === undefined ? undefined : eq(webhookDeliveries.endpointId, endpointId),
            id === undefined
              ? undefined
              : or(eq(webhookDeliveries.id, id), eq(webhookDeliveries.eventId, id)),
          ),
        )
        .orderBy(desc(webhookDeliveries.createdAt), desc(webhookDeliveries.id))
        .limit(limit)
      const ids = rows.map(({ delivery }) => delivery.id)
      const tries = await database
        .selectDistinctOn([webhookAttempts.deliveryId], {
          deliveryId: webhookAttempts.deliveryId,
          attempts: sql<number>`count(*) over (partition by ${webhookAttempts.deliveryId})::int`,
          lastStatus: webhookAttempts.status,
          lastError: webhookAttempts.error,
        })
        .from(webhookAttempts)
        .where(inArray(webhookAttempts.deliveryId, ids))
        .orderBy(webhookAttempts.deliveryId, desc(webhookAttempts.at))
      const triesOf = new Map(tries.map(({ deliveryId, ...seen }) => [deliveryId, seen]))
      return rows.map(({ delivery }) => {
        const { id: deliveryId, endpointId: to, eventId, type, removalId, createdAt, outcome } = delivery
        return {
          ...{ id: deliveryId, endpointId: to, eventId, type, removalId, createdAt, outcome },
          ...(triesOf.get(deliveryId) ?? { attempts: 0, lastStatus: null, lastError: null }),
        }
      })
    },
  }
}
