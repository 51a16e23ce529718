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

/** Every metric of a gateway by the name that Prometheus scrapes, with its labels; `ops/` names no others of it. */
export const GATEWAY_METRICS = {
  matteflow_gateway_request_duration_seconds: {
    labels: ['method', 'route', 'status'],
    says: 'time from the head of a request to the end of its answer',
  },
  matteflow_gateway_event_streams: { labels: [], says: 'streams of events that are open' },
  matteflow_gateway_watched_removals: { labels: [], says: 'removals that somebody watches' },
  matteflow_gateway_callbacks_total: {
    labels: ['outcome'],
    says: 'callbacks of the vendor by what became of them',
  },
} as const satisfies Record<string, { labels: readonly string[]; says: string }>

/** Seconds: from what is answered out of memory to an upload of minutes. */
const DURATIONS = [0.005, 0.025, 0.1, 0.25, 1, 2.5, 10, 60, 600]

/** Counts every answer of a server, and publishes what was counted at `/metrics`. */
export function publishMetrics(server: FastifyInstance): GatewayMetrics {
  const registers = [new Registry()] as [Registry]
  const [registry] = registers
  collectDefaultMetrics({ register: registry })
  const named = <Name extends keyof typeof GATEWAY_METRICS>(name: Name) => {
    const { labels, says } = GATEWAY_METRICS[name]
    return { name, help: says, labelNames: labels, registers }
  }
  const requests = new Histogram({
    ...named('matteflow_gateway_request_duration_seconds'),
    buckets: DURATIONS,
  })
  server.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown'
    const labels = { method: request.method, route, status: String(reply.statusCode) }
    requests.observe(labels, reply.elapsedTime / 1_000)
  })
  server.get('/metrics', { schema: { hide: true } as object }, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  )
  const callbacks = new Counter(named('matteflow_gateway_callbacks_total'))
  // The first of something that was never counted before is no increase to Prometheus.
  for (const outcome of ['accepted', 'refused', 'failed']) callbacks.inc({ outcome }, 0)
  return {
    streams: new Gauge(named('matteflow_gateway_event_streams')),
    watched: new Gauge(named('matteflow_gateway_watched_removals')),
    callbacks,
  }
}
