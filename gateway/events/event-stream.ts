import type { FastifyReply } from 'fastify'

/** Proxies and browsers close what is silent for long. */
const HEARTBEAT_MS = 15_000
/** After a break clients come back after this, each at a time of its own. */
const RETRY_MS = { least: 1_000, jitter: 3_000 } as const
/** A client that takes in nothing while so much waits for it comes back for one snapshot. */
const MOST_WAITING_BYTES = 1024 * 1024

/** A stream of server-sent events to one client. */
export interface EventStream {
  send(event: { name: string; id: string; data: unknown }): void
  /** Ends the stream; the client comes back after `retry`, a moment of its own. */
  end(): void
  /** Aborted once the client has gone or the stream was ended. */
  readonly signal: AbortSignal
}

/** Turns an answer into a stream of events. What the client cannot take in time is dropped with the connection. */
export function openEventStream(reply: FastifyReply): EventStream {
  reply.hijack()
  const { raw } = reply
  const gone = new AbortController()
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    // nginx holds back what it may buffer.
    'x-accel-buffering': 'no',
    // The connection of an ended stream is not left to a gateway that shuts down.
    connection: 'close',
  })
  const write = (text: string): void => {
    if (raw.writableEnded) return
    if (raw.writableLength > MOST_WAITING_BYTES) raw.destroy()
    else raw.write(text)
  }
  write(`retry: ${RETRY_MS.least + Math.floor(Math.random() * RETRY_MS.jitter)}\n\n`)
  const heartbeat = setInterval(() => write(': still here\n\n'), HEARTBEAT_MS)
  const onClose = (): void => {
    clearInterval(heartbeat)
    gone.abort()
  }
  raw.on('error', () => {})
  raw.on('close', onClose)
  if (raw.destroyed) onClose()
  return {
    signal: gone.signal,
    send: ({ name, id, data }) => write(`id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`),
    end: () => {
      if (!raw.writableEnded) raw.end()
    },
  }
}
