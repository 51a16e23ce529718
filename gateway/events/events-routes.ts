import type { FastifyReply } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { expectedEndOf } from '../../domain/expected-end.ts'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { isFinal } from '../../domain/removal-document.ts'
import { removalIdSchema } from '../../domain/removal-request.schema.ts'
import { callerOf } from '../auth/authenticate.ts'
import type { GatewayDependencies } from '../gateway-dependencies.ts'
import type { GatewayMetrics } from '../health/gateway-metrics.ts'
import { GatewayRefusal } from '../http/problem.ts'
import { REFUSALS } from '../http/problem-body.schema.ts'
import { ownRemoval } from '../removals/own-removal.ts'
import { removalBody } from '../removals/removal-body.schema.ts'
import { eventIdOf } from './event-id.ts'
import { openEventStream } from './event-stream.ts'
import type { RemovalWatchers } from './removal-watchers.ts'

/** A page shows one list; browsers allow six streams to one origin. */
const MOST_IDS = 100

const lastEventId = z.object({ 'last-event-id': z.string().max(100).optional() })
const eventSchema = z.object({
  id: z.string().describe('What `Last-Event-ID` brings back.'),
  event: z.literal('removal'),
  data: z.string().describe('A Removal as JSON, and `expectedEndAt`: when it will probably end.'),
})
const responses = {
  200: {
    description: 'text/event-stream of events called `removal`',
    content: { 'text/event-stream': { schema: eventSchema } },
  },
  204: z.null().describe('All removals have ended, and the client has seen how.'),
  ...REFUSALS,
}

/** Live events of one removal, or of a list of them in one stream. */
export function eventsRoutes(
  deps: GatewayDependencies,
  { watchers, metrics }: { watchers: RemovalWatchers; metrics: Pick<GatewayMetrics, 'streams'> },
): FastifyPluginAsyncZod {
  const { draining, now } = deps
  return async (routes) => {
    routes.route({
      method: 'GET',
      url: '/v1/removals/:id/events',
      exposeHeadRoute: false,
      schema: {
        tags: ['removals'],
        operationId: 'watchRemoval',
        summary: 'Live events of a removal until its end, as server-sent events',
        params: z.object({ id: removalIdSchema }),
        headers: lastEventId,
        response: responses,
      },
      handler: async (request, reply) => {
        const document = await ownRemoval(request.params.id, callerOf(request), deps)
        return follow([document], request.headers['last-event-id'], reply)
      },
    })

    routes.route({
      method: 'GET',
      url: '/v1/events',
      exposeHeadRoute: false,
      schema: {
        tags: ['removals'],
        operationId: 'watchRemovals',
        summary: 'Live events of several removals in one stream, as server-sent events',
        querystring: z.object({
          id: z.union([removalIdSchema, z.array(removalIdSchema).min(1).max(MOST_IDS)]),
        }),
        headers: lastEventId,
        response: responses,
      },
      handler: async (request, reply) => {
        const caller = callerOf(request)
        const ids = [...new Set([request.query.id].flat())]
        const documents = await Promise.all(ids.map((id) => ownRemoval(id, caller, deps)))
        return follow(documents, request.headers['last-event-id'], reply)
      },
    })
  }

  function follow(known: RemovalDocument[], lastId: string | undefined, reply: FastifyReply): FastifyReply {
    if (draining.aborted) {
      throw new GatewayRefusal('draining', 'Come back in a moment.', { headers: { 'retry-after': '2' } })
    }
    const latest = new Map(known.map((document) => [document.id, document]))
    const idNow = (): string => eventIdOf([...latest.values()])
    const isOver = (): boolean => [...latest.values()].every(({ state }) => isFinal(state))
    // 204 tells an EventSource that has seen the end to come back no more.
    const firstId = idNow()
    if (isOver() && lastId === firstId) return reply.code(204).send(null)
    const stream = openEventStream(reply)
    const send = (document: RemovalDocument, id: string): void => {
      const data = { ...removalBody(document), expectedEndAt: expectedEndOf(document, now()) }
      stream.send({ name: 'removal', id, data })
    }
    if (lastId !== firstId) for (const document of latest.values()) send(document, firstId)
    if (isOver()) {
      stream.end()
      return reply
    }
    draining.addEventListener('abort', stream.end, { signal: stream.signal })
    metrics.streams.inc()
    const running = known.filter(({ state }) => !isFinal(state))
    const stops = running.map(({ id }) =>
      watchers.watch(id, (document) => {
        if (JSON.stringify(latest.get(id)) === JSON.stringify(document)) return
        latest.set(id, document)
        send(document, idNow())
        if (isOver()) stream.end()
      }),
    )
    stream.signal.addEventListener('abort', () => {
      metrics.streams.dec()
      for (const stop of stops) stop()
    })
    return reply
  }
}
