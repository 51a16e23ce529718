import { PassThrough, Readable } from 'node:stream'
import type { S3Client } from '@aws-sdk/client-s3'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import type { ReadOptions } from './storage.ts'

/** The bytes of an object; errors on the way come out as `translate` makes them. */
export async function readFromS3(
  client: S3Client,
  target: { Bucket: string; Key: string },
  { start = 0, endExclusive, signal }: ReadOptions,
  translate: (error: unknown) => unknown,
): Promise<Readable> {
  if (endExclusive !== undefined && endExclusive <= start) return Readable.from([])
  // A range over an empty object is refused, so none is asked for where the whole object is meant.
  const whole = start === 0 && endExclusive === undefined
  const last = endExclusive === undefined || endExclusive === Infinity ? '' : String(endExclusive - 1)
  const { Body } = await client.send(
    new GetObjectCommand({ ...target, ...(!whole && { Range: `bytes=${start}-${last}` }) }),
    { ...(signal && { abortSignal: signal }) },
  )
  if (!(Body instanceof Readable)) return Readable.from([])
  const source: Readable = Body
  const output = new PassThrough()
  const onAbort = (): void => void output.destroy(translate(signal?.reason) as Error)
  signal?.addEventListener('abort', onAbort, { once: true })
  source.once('error', (error) => output.destroy(translate(error) as Error))
  output.once('close', () => {
    signal?.removeEventListener('abort', onAbort)
    source.destroy()
  })
  return source.pipe(output)
}
