import { sql } from 'drizzle-orm'
import { index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import type { WebhookEventType } from '../../domain/webhooks/webhook-event.ts'
import { moment } from './schema.ts'

/** Who hears of a project's removals. Secrets sign what is sent, so that they are kept as they are. */
export const webhookEndpoints = pgTable(
  'webhook_endpoints',
  {
    id: text('id').primaryKey(),
    project: text('project').notNull(),
    url: text('url').notNull(),
    events: text('events').array().$type<WebhookEventType[]>().notNull(),
    /** Empty once the endpoint is removed. */
    secret: text('secret').notNull(),
    /** The one before, which signs as well until a moment. */
    previousSecret: text('previous_secret'),
    previousSecretUntil: moment('previous_secret_until'),
    createdAt: moment('created_at').notNull(),
    disabledAt: moment('disabled_at'),
    disabledFor: text('disabled_for'),
    removedAt: moment('removed_at'),
  },
  (table) => [index('webhook_endpoints_project').on(table.project)],
)

/** One row an event and an endpoint that is to hear it, and one more each time it is replayed. */
export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    id: text('id').primaryKey(),
    endpointId: text('endpoint_id')
      .notNull()
      .references(() => webhookEndpoints.id),
    eventId: text('event_id').notNull(),
    type: text('type').notNull(),
    removalId: text('removal_id'),
    state: text('state'),
    occurredAt: moment('occurred_at').notNull(),
    createdAt: moment('created_at').notNull(),
    /** When its workflow was started. */
    dispatchedAt: moment('dispatched_at'),
    outcome: text('outcome'),
    finishedAt: moment('finished_at'),
  },
  (table) => [
    index('webhook_deliveries_event').on(table.eventId),
    index('webhook_deliveries_endpoint').on(table.endpointId, table.createdAt),
    index('webhook_deliveries_left').on(table.createdAt).where(sql`dispatched_at is null`),
  ],
)

/** One row a try of a delivery. */
export const webhookAttempts = pgTable(
  'webhook_attempts',
  {
    deliveryId: text('delivery_id')
      .notNull()
      .references(() => webhookDeliveries.id),
    attempt: integer('attempt').notNull(),
    at: moment('at').notNull(),
    status: integer('status'),
    error: text('error'),
    tookMs: integer('took_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.deliveryId, table.attempt] })],
)
