import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { LoggedDelivery } from '../../adapters/ledger/webhook-deliveries.ts'
import type { WebhookEndpoint } from '../../adapters/ledger/webhook-endpoints.ts'
import { checkEndpointUrl } from '../../adapters/transfer/check-endpoint-url.ts'
import { newSecret } from '../../adapters/webhooks/sign-event.ts'
import { isRemovalFailure } from '../../domain/removal-failure.ts'
import { WEBHOOK_EVENTS } from '../../domain/webhooks/webhook-event.ts'
import { callerOf, projectOf } from '../auth/authenticate.ts'
import type { GatewayDependencies } from '../gateway-dependencies.ts'
import { WrongFields } from '../http/field-errors.ts'
import { GatewayRefusal } from '../http/problem.ts'
import { REFUSALS } from '../http/problem-body.schema.ts'

const DAY_SECONDS = 86_400

const byId = z.object({ id: z.string().min(1).max(64) })
const moment = z.string()

const endpointFields = {
  id: z.string(),
  project: z.string(),
  url: z.string(),
  events: z.array(z.enum(WEBHOOK_EVENTS)),
  createdAt: moment,
  previousSecretUntil: moment.nullable(),
  disabledAt: moment.nullable(),
  disabledFor: z.string().nullable(),
}
const endpointSchema = z.object(endpointFields).meta({
  id: 'WebhookEndpoint',
  description:
    'An endpoint that hears of ends and parks. Its secret is in the answer to its registration alone.',
})
const newEndpointSchema = z
  .object({ ...endpointFields, secret: z.string() })
  .meta({ id: 'NewWebhookEndpoint', description: 'The secret is shown this once.' })

const deliverySchema = z
  .object({
    id: z.string(),
    endpointId: z.string(),
    eventId: z.string(),
    type: z.string(),
    removalId: z.string().nullable(),
    createdAt: moment,
    outcome: z.string().nullable(),
    attempts: z.int(),
    lastStatus: z.int().nullable(),
    lastError: z.string().nullable(),
  })
  .meta({ id: 'WebhookDelivery', description: 'An `outcome` of null: it is under way.' })

/** The project's endpoints, what was delivered to them, and sending it once more. */
export function webhookRoutes({ ledger, endpointRules, now }: GatewayDependencies): FastifyPluginAsyncZod {
  const tags = ['webhooks']
  return async (routes) => {
    routes.route({
      method: 'GET',
      url: '/v1/webhooks',
      schema: {
        tags,
        operationId: 'listWebhooks',
        summary: "The project's endpoints, the oldest first",
        response: { 200: z.object({ endpoints: z.array(endpointSchema) }), ...REFUSALS },
      },
      handler: async (request) => {
        const endpoints = await (await ledger.webhooks()).list(projectOf(callerOf(request)))
        return { endpoints: endpoints.map(shownEndpoint) }
      },
    })

    routes.route({
      method: 'POST',
      url: '/v1/webhooks',
      schema: {
        tags,
        operationId: 'createWebhook',
        summary: 'Register an endpoint; its secret is shown this once',
        body: z.strictObject({
          url: z.string().min(1).max(2_000),
          events: z.array(z.enum(WEBHOOK_EVENTS)).min(1).max(20).optional(),
        }),
        response: { 201: newEndpointSchema, ...REFUSALS },
      },
      handler: async (request, reply) => {
        const { url, events = WEBHOOK_EVENTS } = request.body
        await checkEndpointUrl(url, endpointRules).catch(ofUrl)
        const secret = newSecret()
        const endpoint = await (await ledger.webhooks()).create({
          ...{ project: projectOf(callerOf(request)), url, secret },
          events: [...new Set(events)],
          at: new Date(now()),
        })
        return reply.code(201).send({ ...shownEndpoint(endpoint), secret })
      },
    })

    routes.route({
      method: 'DELETE',
      url: '/v1/webhooks/:id',
      schema: {
        tags,
        operationId: 'deleteWebhook',
        summary: 'Remove an endpoint and its secrets; its deliveries stay in the log',
        params: byId,
        response: { 204: z.null().describe('It is removed.'), ...REFUSALS },
      },
      handler: async (request, reply) => {
        const { id } = request.params
        const isKnown = await (await ledger.webhooks()).remove(
          id,
          projectOf(callerOf(request)),
          new Date(now()),
        )
        if (!isKnown) throw unknownEndpoint(id)
        return reply.code(204).send(null)
      },
    })

    routes.route({
      method: 'POST',
      url: '/v1/webhooks/:id/rotate',
      schema: {
        tags,
        operationId: 'rotateWebhookSecret',
        summary: 'A new secret; the one before signs as well for `overlapSeconds`, a day unless given',
        params: byId,
        body: z
          .strictObject({
            overlapSeconds: z
              .int()
              .min(0)
              .max(30 * DAY_SECONDS)
              .optional(),
          })
          .nullish(),
        response: {
          200: z.object({ id: z.string(), secret: z.string(), previousSecretUntil: moment }),
          ...REFUSALS,
        },
      },
      handler: async (request) => {
        const { id } = request.params
        const secret = newSecret()
        const overlapSeconds = request.body?.overlapSeconds ?? DAY_SECONDS
        const previousUntil = new Date(now() + overlapSeconds * 1_000)
        const records = await ledger.webhooks()
        const isKnown = await records.rotate(id, projectOf(callerOf(request)), { secret, previousUntil })
        if (!isKnown) throw unknownEndpoint(id)
        return { id, secret, previousSecretUntil: previousUntil.toISOString() }
      },
    })

    routes.route({
      method: 'POST',
      url: '/v1/webhooks/:id/test',
      schema: {
        tags,
        operationId: 'testWebhook',
        summary: 'Send a `webhook.test` event to an endpoint',
        params: byId,
        response: { 202: z.object({ id: z.string(), deliveryId: z.string() }), ...REFUSALS },
      },
      handler: async (request, reply) => {
        const { id } = request.params
        const records = await ledger.webhooks()
        const deliveryId = await records.test(id, projectOf(callerOf(request)), new Date(now()))
        if (deliveryId === undefined) throw unknownEndpoint(id)
        return reply.code(202).send({ id, deliveryId })
      },
    })

    routes.route({
      method: 'GET',
      url: '/v1/webhooks/deliveries',
      schema: {
        tags,
        operationId: 'listWebhookDeliveries',
        summary: 'What was delivered, the youngest first, with the last answer of the receiver',
        querystring: z.strictObject({
          endpoint: z.string().min(1).max(64).optional(),
          limit: z.coerce.number().int().min(1).max(1_000).default(50),
        }),
        response: { 200: z.object({ deliveries: z.array(deliverySchema) }), ...REFUSALS },
      },
      handler: async (request) => {
        const { endpoint, limit } = request.query
        const project = projectOf(callerOf(request))
        const rows = await (await ledger.webhooks()).deliveries(
          { project, ...(endpoint !== undefined && { endpointId: endpoint }) },
          limit,
        )
        return { deliveries: rows.map(shownDelivery) }
      },
    })

    routes.route({
      method: 'POST',
      url: '/v1/webhooks/replay',
      schema: {
        tags,
        operationId: 'replayWebhookDeliveries',
        summary: 'Send once more: one event or delivery, or everything since a time',
        body: z.union(
          [
            z.strictObject({ event: z.string().min(1).max(300) }),
            z.strictObject({ since: z.iso.datetime({ offset: true }) }),
          ],
          'expected { "event" } or { "since" }',
        ),
        response: { 202: z.object({ replayed: z.int() }), ...REFUSALS },
      },
      handler: async (request, reply) => {
        const { body } = request
        const which = 'event' in body ? { eventId: body.event } : { since: new Date(body.since) }
        const project = projectOf(callerOf(request))
        const replayed = await (await ledger.webhooks()).replay({ project, ...which }, new Date(now()))
        return reply.code(202).send({ replayed })
      },
    })
  }
}

function shownEndpoint({ createdAt, previousSecretUntil, disabledAt, ...rest }: WebhookEndpoint) {
  return {
    ...rest,
    createdAt: createdAt.toISOString(),
    previousSecretUntil: previousSecretUntil?.toISOString() ?? null,
    disabledAt: disabledAt?.toISOString() ?? null,
  }
}

function shownDelivery({ createdAt, ...rest }: LoggedDelivery) {
  return { ...rest, createdAt: createdAt.toISOString() }
}

/** What is wrong with an address is told of its field, with what else may help. */
function ofUrl(error: unknown): never {
  if (!isRemovalFailure(error) || error.kind !== 'InvalidRequest') throw error
  throw new WrongFields([{ field: 'url', message: error.message }], { hint: error.facts.hint, cause: error })
}

function unknownEndpoint(id: string): GatewayRefusal {
  return new GatewayRefusal('not-found', `The project has no endpoint ${id}.`)
}
