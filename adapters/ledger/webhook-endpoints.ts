import { randomUUID } from 'node:crypto'
import { and, eq, isNull, sql } from 'drizzle-orm'
import type { WebhookEventType } from '../../domain/webhooks/webhook-event.ts'
import type { Database } from './open-database.ts'
import { webhookEndpoints } from './webhook-schema.ts'

/** An endpoint as it may be shown: without its secrets. */
export interface WebhookEndpoint {
  id: string
  project: string
  url: string
  events: WebhookEventType[]
  createdAt: Date
  /** Until when the secret before the last rotation signs as well; null where there is none. */
  previousSecretUntil: Date | null
  disabledAt: Date | null
  disabledFor: string | null
}

/** The ledger's rows about endpoints. Their secrets leave the ledger with what is to be sent, and no other way. */
export interface EndpointRows {
  create(
    endpoint: Pick<WebhookEndpoint, 'project' | 'url' | 'events'> & {
      secret: string
      at: Date
    },
  ): Promise<WebhookEndpoint>
  /** Endpoints that were not removed, the oldest first; those of one project where it is named. */
  list: (project: string | null) => Promise<WebhookEndpoint[]>
  /** The row stays for the log, its secrets go. False where there is no such endpoint. */
  remove(id: string, project: string | null, at: Date): Promise<boolean>
  /** A new secret; the one before signs as well until a moment. An endpoint that was disabled hears again. */
  rotate(
    id: string,
    project: string | null,
    wanted: {
      secret: string
      previousUntil: Date
    },
  ): Promise<boolean>
  /**
   * Disables the endpoint of a delivery that was given up, if nothing has reached it since a moment before which it
   * failed already. Gives its id where that is so.
   */
  disableUnreached(deliveryId: string, since: Date, at: Date): Promise<string | undefined>
  /** The receiver wants to hear no more. */
  disable(id: string, because: string, at: Date): Promise<void>
}

/** Those of one database. */
export function endpointRecords(database: Database): EndpointRows {
  return {
    async create(
      endpoint: Pick<WebhookEndpoint, 'project' | 'url' | 'events'> & { secret: string; at: Date },
    ) {
      const { secret, at, ...named } = endpoint
      const id = `we_${randomUUID().replaceAll('-', '')}`
      const [row] = await database
        .insert(webhookEndpoints)
        .values({ id, ...named, secret, createdAt: at })
        .returning(SHOWN)
      if (row === undefined) throw new TypeError('an insert gave no row')
      return row
    },

    list: (project: string | null): Promise<WebhookEndpoint[]> =>
      database
        .select(SHOWN)
        .from(webhookEndpoints)
        .where(
          and(
            isNull(webhookEndpoints.removedAt),
            project === null ? undefined : eq(webhookEndpoints.project, project),
          ),
        )
        .orderBy(webhookEndpoints.createdAt, webhookEndpoints.id),

    async remove(id: string, project: string | null, at: Date): Promise<boolean> {
      const { rowCount } = await database
        .update(webhookEndpoints)
        .set({ removedAt: at, secret: '', previousSecret: null, previousSecretUntil: null })
        .where(isEndpoint(id, project))
      return rowCount === 1
    },

    async rotate(
      id: string,
      project: string | null,
      { secret, previousUntil }: { secret: string; previousUntil: Date },
    ): Promise<boolean> {
      const { rowCount } = await database
        .update(webhookEndpoints)
        .set({
          previousSecret: sql`${webhookEndpoints.secret}`,
          previousSecretUntil: previousUntil,
          secret,
          disabledAt: null,
          disabledFor: null,
        })
        .where(isEndpoint(id, project))
      return rowCount === 1
    },

    async disableUnreached(deliveryId: string, since: Date, at: Date): Promise<string | undefined> {
      const { rows } = await database.execute(sql`
        update webhook_endpoints e
        set disabled_at = ${at.toISOString()}::timestamptz,
          disabled_for = 'nothing was delivered since ' || ${since.toISOString()}::text
        where e.id = (select endpoint_id from webhook_deliveries where id = ${deliveryId}::text)
          and e.disabled_at is null and e.removed_at is null
          and not exists (select 1 from webhook_deliveries d where d.endpoint_id = e.id
            and d.outcome = 'delivered' and d.finished_at >= ${since.toISOString()}::timestamptz)
          and exists (select 1 from webhook_deliveries d join webhook_attempts a on a.delivery_id = d.id
            where d.endpoint_id = e.id and (a.status is null or a.status >= 300) and a.at < ${since.toISOString()}::timestamptz)
        returning e.id`)
      return rows[0] === undefined ? undefined : String(rows[0]['id'])
    },

    async disable(id: string, because: string, at: Date): Promise<void> {
      await database
        .update(webhookEndpoints)
        .set({ disabledAt: at, disabledFor: because.slice(0, 300) })
        .where(and(eq(webhookEndpoints.id, id), isNull(webhookEndpoints.disabledAt)))
    },
  }
}

const SHOWN = {
  id: webhookEndpoints.id,
  project: webhookEndpoints.project,
  url: webhookEndpoints.url,
  events: webhookEndpoints.events,
  createdAt: webhookEndpoints.createdAt,
  previousSecretUntil: webhookEndpoints.previousSecretUntil,
  disabledAt: webhookEndpoints.disabledAt,
  disabledFor: webhookEndpoints.disabledFor,
}

/** An endpoint that was not removed; of one project where it is named. */
export function isEndpoint(id: string, project: string | null) {
  return and(
    eq(webhookEndpoints.id, id),
    isNull(webhookEndpoints.removedAt),
    project === null ? undefined : eq(webhookEndpoints.project, project),
  )
}
