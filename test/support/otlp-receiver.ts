import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** A span as OTLP has it in JSON. */
export interface ReceivedSpan {
  name: string
  traceId: string
  spanId: string
  parentSpanId?: string
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes: { key: string; value: { stringValue?: string; intValue?: number; doubleValue?: number } }[]
  status: { code: number; message?: string }
}

interface TraceRequest {
  resourceSpans: {
    resource: { attributes: ReceivedSpan['attributes'] }
    scopeSpans: { spans: ReceivedSpan[] }[]
  }[]
}

/** A collector that takes traces by OTLP over HTTP, in JSON, and keeps every span. */
export interface OtlpReceiver {
  /** What the standard variables of an exporter must say to send here. */
  variables: Record<string, string>
  spans(): ReceivedSpan[]
  /** Of whom the spans are, by `service.name`. */
  services(): Set<string>
  close(): Promise<void>
}

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const taken: TraceRequest[] = []
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      if (request.url === '/v1/traces') taken.push(body as TraceRequest)
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const resources = () => taken.flatMap(({ resourceSpans }) => resourceSpans)
  return {
    variables: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      // The default of five seconds is a long time for whoever waits.
      OTEL_BSP_SCHEDULE_DELAY: '100',
    },
    spans: () => resources().flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
    services: () =>
      new Set(
        resources().map(
          ({ resource }) =>
            resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '',
        ),
      ),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
