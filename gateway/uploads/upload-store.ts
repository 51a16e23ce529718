import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { FileStore } from '@tus/file-store'
import type { MetadataValue } from '@tus/s3-store'
import { S3Store } from '@tus/s3-store'
import type { DataStore } from '@tus/server'
import { s3ClientOptions } from '../../adapters/storage/s3-client.ts'
import type { Proxies } from '../../domain/proxies.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { STORAGE_FORMS, storagePlaceFrom } from '../../domain/storage-place.ts'
import { UPLOAD_LASTS_MS } from './upload-id.ts'

/** Where uploads lie beneath the storage, finished or not. */
export const UPLOADS_PREFIX = 'uploads'

/** S3 takes parts from 5 MiB, emulators up to 10 MiB. */
const PART_BYTES = 8 * 1024 * 1024
const PARTS_IN_FLIGHT = 3

/** Where uploads are kept, and what they are called there. */
export interface UploadStore {
  store: DataStore
  /** What the store calls an upload. */
  nameOf(id: string): string
}

/** The store of uploads: in the same place as the storage, so that every replica goes on with them. */
export async function createUploadStore(storageUrl: string, proxies: Proxies): Promise<UploadStore> {
  const place = storagePlaceFrom(storageUrl)
  if (place === null) throw new RemovalFailure('InvalidRequest', `storage: expected ${STORAGE_FORMS}`)
  if (place.kind === 'folder') {
    const folder = fileURLToPath(`${place.url}/${UPLOADS_PREFIX}`)
    await mkdir(folder, { recursive: true })
    const store = new FileStore({ directory: folder, expirationPeriodInMilliseconds: UPLOAD_LASTS_MS })
    return { store: withKnownLength(store), nameOf: (id) => id }
  }
  const { bucket, prefix } = place
  const root = prefix === '' ? UPLOADS_PREFIX : `${prefix}/${UPLOADS_PREFIX}`
  const store = new S3Store({
    partSize: PART_BYTES,
    maxConcurrentPartUploads: PARTS_IN_FLIGHT,
    useTags: false,
    expirationPeriodInMilliseconds: UPLOAD_LASTS_MS,
    cache: NOTHING_KEPT,
    s3ClientConfig: { bucket, ...(await s3ClientOptions(bucket, proxies)) },
  })
  return { store: withKnownLength(store), nameOf: (id) => `${root}/${id}` }
}

/** An upload is checked by its length and its hash, which it declares when it begins. */
function withKnownLength(store: DataStore): DataStore {
  store.extensions = store.extensions.filter((name) => name !== 'creation-defer-length')
  return store
}

/** Another replica may have written to an upload, or removed it, since this one has seen it. */
const NOTHING_KEPT = {
  get: async (): Promise<MetadataValue | undefined> => undefined,
  set: async () => {},
  delete: async () => {},
}
