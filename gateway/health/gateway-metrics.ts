import type { FastifyInstance } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** What a gateway counts of itself. Labels are routes and numbers: no project, id or path of a caller. */
export interface GatewayMetrics {
  /** Streams of events that are open. */
  streams: Gauge
  /** Removals that somebody watches, each at the price of one question a second. */
  watched: Gauge
  /** The vendor's callbacks by what became of them: `accepted`, `refused`, `failed`. */
  callbacks: Counter<'outcome'>
}

/** Seconds: from what is answered out of memory to an upload of minutes. */
const DURATIONS = [0.005, 0.025, 0.1, 0.25, 1, 2.5, 10, 60, 600]

/** Counts every answer of a server, and publishes what was counted at `/metrics`. */
export function publishMetrics(server: FastifyInstance): GatewayMetrics {
  const registers = [new Registry()] as [Registry]
  const [registry] = registers
  collectDefaultMetrics({ register: registry })
  const requests = new Histogram({
    name: 'matteflow_gateway_request_duration_seconds',
    help: 'time from the head of a request to the end of its answer',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: DURATIONS,
    registers,
  })
  server.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown'
    const labels = { method: request.method, route, status: String(reply.statusCode) }
    requests.observe(labels, reply.elapsedTime / 1_000)
  })
  server.get('/metrics', { schema: { hide: true } as object }, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  )
  return {
    streams: new Gauge({
      name: 'matteflow_gateway_event_streams',
      help: 'streams of events that are open',
      registers,
    }),
    watched: new Gauge({
      name: 'matteflow_gateway_watched_removals',
      help: 'removals that somebody watches',
      registers,
    }),
    callbacks: new Counter({
      name: 'matteflow_gateway_callbacks_total',
      help: 'callbacks of the vendor by what became of them',
      labelNames: ['outcome'] as const,
      registers,
    }),
  }
}
