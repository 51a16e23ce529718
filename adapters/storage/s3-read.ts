import { Readable } from 'node:stream'
import type { S3Client } from '@aws-sdk/client-s3'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import type { Patience } from './patience.ts'
import { withPatience } from './patience.ts'
import type { ReadOptions } from './storage.ts'

/** The bytes of an object; errors on the way come out as `translate` makes them. */
export async function readFromS3(
  client: S3Client,
  target: { Bucket: string; Key: string },
  { start = 0, endExclusive, signal }: ReadOptions,
  { patience, translate }: { patience: Patience; translate: (error: unknown) => unknown },
): Promise<Readable> {
  if (endExclusive !== undefined && endExclusive <= start) return Readable.from([])
  // A range over an empty object is refused, so none is asked for where the whole object is meant.
  const whole = start === 0 && endExclusive === undefined
  const last = endExclusive === undefined || endExclusive === Infinity ? '' : String(endExclusive - 1)
  const request = new AbortController()
  const { Body } = await withPatience(patience.callMs, signal, ({ signal: abortSignal }) => {
    abortSignal.addEventListener('abort', () => request.abort(abortSignal.reason), { once: true })
    return client.send(
      new GetObjectCommand({ ...target, ...(!whole && { Range: `bytes=${start}-${last}` }) }),
      { abortSignal: request.signal },
    )
  })
  if (!(Body instanceof Readable)) return Readable.from([])
  return Readable.from(patientChunks(Body, { stallMs: patience.stallMs, signal, translate }), {
    objectMode: false,
  })
}

/** The chunks of an answer. The store may be silent for `stallMs` only while somebody waits for the next one. */
async function* patientChunks(
  body: Readable,
  {
    stallMs,
    signal,
    translate,
  }: { stallMs: number; signal: AbortSignal | undefined; translate: (error: unknown) => unknown },
): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  try {
    for (;;) {
      const next = await withPatience(stallMs, signal, () => chunks.next())
      if (next.done) return
      yield next.value
    }
  } catch (error) {
    throw translate(error)
  } finally {
    body.destroy()
  }
}
