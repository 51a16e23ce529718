import { createReadStream } from 'node:fs'
import type { FastifyReply } from 'fastify'
/** What an operation answers, before it goes onto the wire. */
export type Reply = { status: number; headers?: Record<string, string> } & (
  | { json: unknown }
  | { text: string; contentType: string }
  | { file: FileSlice }
)

export type FileSlice = {
  path: string
  contentType: string
  /** First byte and the one after the last. */
  start: number
  end: number
  /** Sent in reality, when it is less than what the headers announce. */
  cutAt?: number
  /** Told how far the reply got. */
  onSent?: (start: number, end: number) => void
}

/** Puts an answer onto the wire. */
export function sendReply(reply: FastifyReply, answer: Reply): FastifyReply {
  reply.code(answer.status).headers(answer.headers ?? {})
  if ('json' in answer) return reply.type('application/json').send(JSON.stringify(answer.json))
  if ('text' in answer) return reply.type(answer.contentType).send(answer.text)
  return sendFile(reply, answer.file)
}

function sendFile(reply: FastifyReply, slice: FileSlice): FastifyReply {
  const { path, start, end, contentType, cutAt = end, onSent } = slice
  reply.type(contentType).header('content-length', end - start)
  const stream = createReadStream(path, { start, end: cutAt - 1, highWaterMark: 1 << 18 })
  let sent = 0
  stream.on('data', (chunk) => {
    sent += chunk.length
  })
  // What was read but not handed to the connection did not go out.
  reply.raw.on('close', () => onSent?.(start, start + Math.max(0, sent - reply.raw.writableLength)))
  // The server would keep the connection for the next request; here the client is to miss the rest.
  const { socket } = reply.raw
  if (cutAt < end) reply.raw.on('finish', () => socket?.destroy())
  return reply.send(stream)
}
