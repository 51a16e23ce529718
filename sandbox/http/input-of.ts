import type { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import type { Route } from '../faults/fault.ts'
import { inputName } from '../state/vendor-state.ts'
import type { Site } from './site.ts'

/** Whose request this is, said by the name that the input was uploaded under; null where that is not known. */
export async function inputOf(
  request: FastifyRequest,
  route: Route,
  jobId: string | null,
  { state }: Pick<Site, 'state'>,
): Promise<string | null> {
  if (route === 'upload') return peekFileName(request.raw)
  const videoUrl = route === 'create' ? wantedVideo(request.body) : state.jobs.get(jobId ?? '')?.videoUrl
  return videoUrl === undefined ? null : inputName(state, videoUrl)
}

/** The body is checked by its operation; here it may be anything. */
function wantedVideo(body: unknown): string | undefined {
  try {
    const { video_url } = JSON.parse(String(body)) as { video_url?: unknown }
    return typeof video_url === 'string' ? video_url : undefined
  } catch {
    return undefined
  }
}

/** A part's headers come first, and are short. */
const HEAD_BYTES = 4_096

/** The first file name of a multipart body, which is put back as if it had not been read. */
async function peekFileName(body: Readable): Promise<string | null> {
  const chunks: Buffer[] = []
  try {
    for (;;) {
      const chunk = await nextChunk(body)
      if (chunk === null) return null
      chunks.push(chunk)
      const head = Buffer.concat(chunks)
      const [, name] = /filename="([^"\r\n]*)"/.exec(head.subarray(0, HEAD_BYTES).toString('utf8')) ?? []
      if (name !== undefined) return name
      if (head.length >= HEAD_BYTES) return null
    }
  } finally {
    const head = Buffer.concat(chunks)
    if (head.length > 0 && !body.destroyed) body.unshift(head)
  }
}

/** Null at the end, or when the sender is gone. */
async function nextChunk(body: Readable): Promise<Buffer | null> {
  for (;;) {
    if (body.readableEnded || body.destroyed) return null
    const chunk = body.read() as Buffer | null
    if (chunk !== null) return chunk
    const events = ['readable', 'end', 'close', 'error'] as const
    await new Promise<void>((resolve) => {
      const wake = () => {
        for (const event of events) body.off(event, wake)
        resolve()
      }
      for (const event of events) body.once(event, wake)
    })
  }
}
