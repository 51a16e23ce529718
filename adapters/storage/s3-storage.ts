import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { checkStorage } from './check-storage.ts'
import { meterBody } from './metered-body.ts'
import { readFromS3 } from './s3-read.ts'
import { uploadToS3 } from './s3-upload.ts'
import type { Storage } from './storage.ts'
import { missingFailure, storageFailure } from './storage-failure.ts'
import { checkedKey, checkedPrefix } from './storage-key.ts'

/** What one DeleteObjects call takes. */
const KEYS_PER_DELETE = 1_000
const BUFFER_BYTES = 1024 * 1024

/** A storage in a bucket, everything under `prefix`. Region, endpoint and credentials come from `AWS_*`. */
export function createS3Storage(bucket: string, prefix: string): Storage {
  const client = createClient()
  const root = checkedPrefix(prefix.replace(/^\/+/, ''))
  const objectKey = (key: string): string => (root === '' ? key : `${root}/${key}`)
  const target = (key: string) => ({ Bucket: bucket, Key: objectKey(checkedKey(key)) })
  const location = (key: string): string => `s3://${bucket}/${objectKey(key)}`

  const storage: Omit<Storage, 'check'> = {
    location: (key) => location(checkedKey(key)),
    localPath: (key) => void checkedKey(key),

    async write(key, body, options = {}) {
      const metered = meterBody(body, options.onProgress)
      await uploadToS3(client, target(key), metered.bytes(), options).catch((error: unknown) => {
        throw storageFailure('write', location(key), error, options.signal)
      })
      return metered.totals()
    },

    async adopt(key, path, options = {}) {
      await storage.write(key, createReadStream(path, { highWaterMark: BUFFER_BYTES }), options)
      await rm(path, { force: true })
    },

    async read(key, options = {}) {
      const translate = (error: unknown): unknown =>
        isMissing(error)
          ? missingFailure(location(key), error)
          : storageFailure('read', location(key), error, options.signal)
      return await readFromS3(client, target(key), options, translate).catch((error: unknown) => {
        throw translate(error)
      })
    },

    async stat(key) {
      try {
        const head = await client.send(new HeadObjectCommand(target(key)))
        return { sizeBytes: head.ContentLength ?? 0 }
      } catch (error) {
        if (isMissing(error)) return undefined
        throw storageFailure('look at', location(key), error)
      }
    },

    async remove(key) {
      await client.send(new DeleteObjectCommand(target(key))).catch((error: unknown) => {
        throw storageFailure('remove', location(key), error)
      })
    },

    async removeAll(prefix) {
      const keys: string[] = []
      for await (const key of storage.list(prefix)) keys.push(objectKey(key))
      for (let start = 0; start < keys.length; start += KEYS_PER_DELETE) {
        await removeBatch(keys.slice(start, start + KEYS_PER_DELETE)).catch((error: unknown) => {
          throw storageFailure('remove', location(checkedPrefix(prefix)), error)
        })
      }
    },

    async *list(prefix) {
      const beneath = objectKey(checkedPrefix(prefix))
      const request = { Bucket: bucket, Prefix: beneath === '' ? '' : `${beneath.replace(/\/$/, '')}/` }
      try {
        for await (const page of paginateListObjectsV2({ client }, request)) {
          for (const { Key } of page.Contents ?? []) {
            if (Key !== undefined) yield root === '' ? Key : Key.slice(root.length + 1)
          }
        }
      } catch (error) {
        throw storageFailure('list', location(checkedPrefix(prefix)), error)
      }
    },
  }

  async function removeBatch(keys: string[]): Promise<void> {
    const Objects = keys.map((Key) => ({ Key }))
    const answer = await client.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
    )
    const refused = answer.Errors?.[0]
    // One error stands for all: the caller repeats the whole removal.
    if (refused)
      throw Object.assign(new Error(`${refused.Key ?? 'an object'} was not removed`), { code: refused.Code })
  }

  return { ...storage, check: () => checkStorage(storage) }
}

function createClient(): S3Client {
  const endpoint = process.env['AWS_ENDPOINT_URL_S3'] ?? process.env['AWS_ENDPOINT_URL']
  const region = process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION']
  return new S3Client({
    // A store of one's own rarely has a name per bucket, nor a region.
    ...(endpoint && { forcePathStyle: true }),
    ...(region || endpoint ? { region: region || 'us-east-1' } : {}),
  })
}

function isMissing(error: unknown): boolean {
  return error instanceof S3ServiceException && (error.name === 'NoSuchKey' || error.name === 'NotFound')
}
