import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { S3Client } from '@aws-sdk/client-s3'
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { Proxies } from '../../domain/proxies.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { checkStorage } from './check-storage.ts'
import type { StorageAction } from './errors.ts'
import {
  isAccessDenied,
  isBatchRefused,
  isMissingObject,
  isMissingUpload,
  isRefusedByS3,
  missingFailure,
  storageFailure,
} from './errors.ts'
import { meterBody } from './metered-body.ts'
import type { Patience } from './patience.ts'
import { withPatience } from './patience.ts'
import { createS3Access } from './s3-client.ts'
import { s3Places } from './s3-places.ts'
import { readFromS3 } from './s3-read.ts'
import { uploadToS3 } from './s3-upload.ts'
import type { Storage } from './storage.ts'
import { oneChunk } from './storage.ts'
import { checkedKey, checkedPrefix } from './storage-key.ts'

/** What one DeleteObjects call takes. */
const KEYS_PER_DELETE = 1_000
/** Where a store knows no batch of removals, this many single ones are under way at once. */
const SINGLE_DELETES_AT_ONCE = 8
/** S3 honours no signature for longer than a week. */
const LONGEST_SIGNED_SECONDS = 604_800
const BUFFER_BYTES = 1024 * 1024
/** A write has no time of its own, its size being unknown: sockets that stay silent end its calls. */
const NEVER_MS = 2 ** 31 - 1

/** A storage in a bucket, everything under `prefix`. */
export function createS3Storage(
  bucket: string,
  prefix: string,
  { proxies, patience }: { proxies: Proxies; patience: Patience },
): Required<Storage> {
  const access = createS3Access(bucket, { proxies, socketTimeoutMs: patience.stallMs })
  const { root, objectKey, locationOf: location, places } = s3Places(bucket, prefix)
  const target = (key: string) => ({ Bucket: bucket, Key: objectKey(checkedKey(key)) })
  let takesBatches = true

  /** One short call, which is a failure of `action` on `where` when it goes wrong or takes too long. */
  function call<Result>(
    action: StorageAction,
    where: string,
    signal: AbortSignal | undefined,
    send: (client: S3Client, options: { abortSignal: AbortSignal }) => Promise<Result>,
  ): Promise<Result> {
    const calling = withPatience(patience.callMs, signal, (turns) =>
      access.use(({ calls }) => send(calls, { abortSignal: turns.signal })),
    )
    return calling.catch((error: unknown) => {
      throw storageFailure(action, where, error, signal)
    })
  }

  const storage: Omit<Required<Storage>, 'check'> = {
    ...places,

    async write(key, body, { contentType, signal, onProgress } = {}) {
      const place = target(key)
      const writing = withPatience(NEVER_MS, signal, async (turns) => {
        const metered = meterBody(body, { onProgress, turns })
        await access.use(({ calls }) =>
          uploadToS3(calls, place, metered.bytes(), { contentType, signal: turns.signal }),
        )
        return metered.totals()
      })
      return await writing.catch((error: unknown) => {
        throw storageFailure('write', location(key), error, signal)
      })
    },

    async adopt(key, path, options = {}) {
      await storage.write(key, createReadStream(path, { highWaterMark: BUFFER_BYTES }), options)
      await rm(path, { force: true })
    },

    async read(key, options = {}) {
      const place = target(key)
      const translate = (error: unknown): unknown =>
        isMissingObject(error)
          ? missingFailure(location(key), error)
          : storageFailure('read', location(key), error, options.signal)
      return await access
        .use(({ reads }) => readFromS3(reads, place, options, { patience, translate }))
        .catch((error: unknown) => {
          throw translate(error)
        })
    },

    async signedUrl(key, { expiresInSeconds }) {
      if (!(expiresInSeconds >= 1 && expiresInSeconds <= LONGEST_SIGNED_SECONDS))
        throw new RemovalFailure('InvalidRequest', 'expiresInSeconds: expected 1 to 604800')
      const command = new GetObjectCommand(target(key))
      return await call('read', location(key), undefined, (client) =>
        getSignedUrl(client, command, { expiresIn: Math.floor(expiresInSeconds) }),
      )
    },

    async stat(key, { signal } = {}) {
      const place = target(key)
      return await call('look at', location(key), signal, async (client, options) => {
        try {
          const head = await client.send(new HeadObjectCommand(place), options)
          return { sizeBytes: head.ContentLength ?? 0 }
        } catch (error) {
          if (isMissingObject(error)) return undefined
          if (!isRefusedByS3(error)) throw error
          return await statByReading(client, place, key, options)
        }
      })
    },

    async remove(key, { signal } = {}) {
      const place = target(key)
      await call('remove', location(key), signal, (client, options) =>
        client.send(new DeleteObjectCommand(place), options),
      )
    },

    async removeAll(prefix, { signal } = {}) {
      const where = location(checkedPrefix(prefix))
      const keys: string[] = []
      for await (const key of storage.list(prefix, signal && { signal })) keys.push(objectKey(key))
      for (let start = 0; start < keys.length; start += KEYS_PER_DELETE) {
        await removeMany(keys.slice(start, start + KEYS_PER_DELETE), where, signal)
      }
    },

    async *list(prefix, { signal } = {}) {
      const where = location(checkedPrefix(prefix))
      const beneath = objectKey(checkedPrefix(prefix))
      const Prefix = beneath === '' ? '' : `${beneath.replace(/\/$/, '')}/`
      let ContinuationToken: string | undefined
      do {
        const request = { Bucket: bucket, Prefix, ...(ContinuationToken && { ContinuationToken }) }
        const page = await call('list', where, signal, (client, options) =>
          client.send(new ListObjectsV2Command(request), options),
        )
        for (const { Key } of page.Contents ?? []) {
          if (Key !== undefined) yield root === '' ? Key : Key.slice(root.length + 1)
        }
        ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined
      } while (ContinuationToken !== undefined)
    },

    async sweep(before) {
      let swept = 0
      for (const { Key, UploadId } of await unfinishedUploads(before)) {
        await call('sweep', `s3://${bucket}/${Key}`, undefined, (client, options) =>
          client
            .send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }), options)
            .catch((error: unknown) => {
              if (!isMissingUpload(error)) throw error
            }),
        )
        swept += 1
      }
      return swept
    },
  }

  /**
   * A HEAD that was refused says neither why nor whether the object is there: a key that may not list the bucket gets
   * 403 for whatever is missing. A GET says why. Where it is for want of a right, an object of our own beside this one
   * shows whether reading is allowed at all; if so, what cannot be read is not there.
   */
  async function statByReading(
    client: S3Client,
    place: { Bucket: string; Key: string },
    key: string,
    options: { abortSignal: AbortSignal },
  ): Promise<{ sizeBytes: number } | undefined> {
    try {
      const { ContentLength, Body } = await client.send(new GetObjectCommand(place), options)
      // Its length is all that is wanted.
      if (Body instanceof Readable) Body.destroy()
      return { sizeBytes: ContentLength ?? 0 }
    } catch (error) {
      if (isMissingObject(error)) return undefined
      if (!isAccessDenied(error)) throw error
      const [folder = ''] = key.split('/')
      const beside = target(`${folder}/rights-${randomUUID()}`)
      await uploadToS3(client, beside, oneChunk('matteflow'), {
        contentType: 'text/plain',
        signal: options.abortSignal,
      })
      try {
        await client.send(new HeadObjectCommand(beside), options)
        return undefined
      } finally {
        // A key that may not remove has still shown that it may read.
        await client.send(new DeleteObjectCommand(beside), options).catch(() => {})
      }
    }
  }

  async function removeMany(keys: string[], where: string, signal: AbortSignal | undefined): Promise<void> {
    if (takesBatches) {
      const isDone = await call('remove', where, signal, (client, options) =>
        removeBatch(client, keys, options),
      )
      if (isDone) return
      takesBatches = false
    }
    for (let start = 0; start < keys.length; start += SINGLE_DELETES_AT_ONCE) {
      const some = keys.slice(start, start + SINGLE_DELETES_AT_ONCE)
      await call('remove', where, signal, (client, options) =>
        Promise.all(
          some.map((Key) => client.send(new DeleteObjectCommand({ Bucket: bucket, Key }), options)),
        ),
      )
    }
  }

  /** False where the store takes no batch. */
  async function removeBatch(
    client: S3Client,
    keys: string[],
    options: { abortSignal: AbortSignal },
  ): Promise<boolean> {
    const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true }
    const removed = await client
      .send(new DeleteObjectsCommand({ Bucket: bucket, Delete }), options)
      .catch((error: unknown) => {
        if (isBatchRefused(error)) return undefined
        throw error
      })
    if (removed === undefined) return false
    const refused = removed.Errors?.[0]
    if (refused === undefined) return true
    // One error stands for all: the caller repeats the whole removal.
    const said = new Error(`${refused.Key ?? 'an object'} was not removed`)
    throw Object.assign(said, { name: refused.Code ?? 'Error' })
  }

  async function unfinishedUploads(before: Date): Promise<{ Key: string; UploadId: string }[]> {
    const found: { Key: string; UploadId: string }[] = []
    let markers: { KeyMarker?: string; UploadIdMarker?: string } = {}
    for (;;) {
      const request = { Bucket: bucket, ...(root !== '' && { Prefix: `${root}/` }), ...markers }
      const page = await call('sweep', `s3://${bucket}/${root}`, undefined, (client, options) =>
        client.send(new ListMultipartUploadsCommand(request), options),
      )
      for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
        if (Key !== undefined && UploadId !== undefined && Initiated !== undefined && Initiated < before)
          found.push({ Key, UploadId })
      }
      if (!page.IsTruncated || page.NextKeyMarker === undefined) return found
      markers = {
        KeyMarker: page.NextKeyMarker,
        ...(page.NextUploadIdMarker && { UploadIdMarker: page.NextUploadIdMarker }),
      }
    }
  }

  return { ...storage, check: () => checkStorage(storage) }
}
