import { Readable } from 'node:stream'
import type { S3Client } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { abortableBody } from './abortable-body.ts'
import type { WriteOptions } from './storage.ts'

/** S3 takes parts from 5 MiB; emulators take them up to 10 MiB. */
const PART_BYTES = 8 * 1024 * 1024
/** Parts in memory at once: this many times `PART_BYTES` bounds what an upload needs. */
const PARTS_IN_FLIGHT = 3

/**
 * Uploads a body of unknown length in parts. When the body or the signal fails it, the parts are dropped
 * before the error is thrown, which is why the signal ends the body and not the requests.
 */
export async function uploadToS3(
  client: S3Client,
  target: { Bucket: string; Key: string },
  body: AsyncIterable<Uint8Array>,
  { contentType, signal }: WriteOptions,
): Promise<void> {
  const source = signal === undefined ? body : abortableBody(body, signal)
  const upload = new Upload({
    client,
    params: {
      ...target,
      Body: Readable.from(source, { objectMode: false }),
      ...(contentType && { ContentType: contentType }),
    },
    partSize: PART_BYTES,
    queueSize: PARTS_IN_FLIGHT,
  })
  await upload.done()
}
