import type { CompletedPart, S3Client } from '@aws-sdk/client-s3'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { isMissingUpload } from './errors.ts'

/** S3 takes parts from 5 MiB, emulators up to 10 MiB, and 10,000 of them: 80 GB. */
const PART_BYTES = 8 * 1024 * 1024
/** Parts in memory at once: this many times `PART_BYTES`, and the one being filled, bounds what an upload needs. */
const PARTS_IN_FLIGHT = 3
/** Parts that are under way when an upload fails may arrive first: one that comes after the drop brings the upload back. */
const PARTS_END_WITHIN_MS = 3_000
/** Dropping the parts of a failed upload must not outlast the failure by much; what is left is swept by age. */
const ABORT_WITHIN_MS = 5_000

interface Target {
  Bucket: string
  Key: string
}

interface UploadOptions {
  contentType: string | undefined
  signal: AbortSignal
}

/**
 * Uploads a body of unknown length: at once where it fits in one part, else in parts, a few at a time. When the body,
 * a call or the signal fails it, the parts are dropped before the error is thrown.
 */
export async function uploadToS3(
  client: S3Client,
  target: Target,
  body: AsyncIterable<Uint8Array>,
  { contentType, signal }: UploadOptions,
): Promise<void> {
  const kind = contentType === undefined ? {} : { ContentType: contentType }
  const parts = partsOf(body)
  const first = await parts.next()
  const whole = first.done ? Buffer.alloc(0) : first.value
  if (whole.byteLength < PART_BYTES) {
    await client.send(new PutObjectCommand({ ...target, ...kind, Body: whole }), { abortSignal: signal })
    return
  }
  // Not ended by the signal: an upload whose id never arrives cannot be dropped.
  const created = await client.send(new CreateMultipartUploadCommand({ ...target, ...kind }))
  const upload = { ...target, UploadId: created.UploadId }
  try {
    signal.throwIfAborted()
    const { Parts, sizeBytes } = await sendParts(client, upload, withFirst(whole, parts), signal)
    const complete = new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } })
    await client.send(complete, { abortSignal: signal }).catch(async (error: unknown) => {
      // A repeat after a lost reply finds the upload gone, since it was completed.
      if (!isMissingUpload(error)) throw error
      const { ContentLength } = await client.send(new HeadObjectCommand(target), { abortSignal: signal })
      if (ContentLength !== sizeBytes) throw error
    })
  } catch (error) {
    const abortSignal = AbortSignal.timeout(ABORT_WITHIN_MS)
    // The failure of the upload is the news.
    await client.send(new AbortMultipartUploadCommand(upload), { abortSignal }).catch(() => {})
    throw error
  }
}

async function sendParts(
  client: S3Client,
  upload: Target & { UploadId: string | undefined },
  parts: AsyncIterable<Buffer>,
  caller: AbortSignal,
): Promise<{ Parts: CompletedPart[]; sizeBytes: number }> {
  let sizeBytes = 0
  const completed: CompletedPart[] = []
  const underWay = new Set<Promise<void>>()
  // `stop` ends the taking of parts, by a failure or by the caller; `cut` ends those that are under way, a little later.
  const [stop, cut] = [new AbortController(), new AbortController()]
  const { promise: stopped, resolve: onStop } = Promise.withResolvers<void>()
  let timer: NodeJS.Timeout | undefined
  const stopWith = (reason: unknown): void => {
    stop.abort(reason)
    timer ??= setTimeout(() => cut.abort(), PARTS_END_WITHIN_MS)
    onStop()
  }
  const onCallersEnd = (): void => stopWith(caller.reason)
  caller.addEventListener('abort', onCallersEnd, { once: true })
  const send = async (PartNumber: number, Body: Buffer): Promise<void> => {
    const command = new UploadPartCommand({ ...upload, PartNumber, Body })
    const { ETag } = await client.send(command, { abortSignal: cut.signal })
    completed.push({ ETag, PartNumber })
  }
  try {
    let number = 0
    for await (const part of parts) {
      number += 1
      sizeBytes += part.byteLength
      const sending = send(number, part)
        .catch(stopWith)
        .finally(() => underWay.delete(sending))
      underWay.add(sending)
      if (underWay.size >= PARTS_IN_FLIGHT) await Promise.race([...underWay, stopped])
      stop.signal.throwIfAborted()
    }
  } catch (error) {
    stopWith(error)
  }
  await Promise.all(underWay)
  clearTimeout(timer)
  caller.removeEventListener('abort', onCallersEnd)
  stop.signal.throwIfAborted()
  const Parts = completed.toSorted((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0))
  return { Parts, sizeBytes }
}

async function* withFirst(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first
  yield* rest
}

/** A body cut into pieces of one part's size; only the last may be shorter. */
async function* partsOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let pieces: Uint8Array[] = []
  let filled = 0
  for await (const chunk of body) {
    for (let taken = 0; taken < chunk.byteLength; ) {
      const piece = chunk.subarray(taken, taken + PART_BYTES - filled)
      pieces.push(piece)
      taken += piece.byteLength
      filled += piece.byteLength
      if (filled < PART_BYTES) continue
      yield Buffer.concat(pieces, filled)
      pieces = []
      filled = 0
    }
  }
  if (filled > 0) yield Buffer.concat(pieces, filled)
}
